"""The real engines behind the proxies, as the tests of this folder speak to them past Penstock."""
import json
import os
import re
import subprocess
import urllib.parse
import urllib.request

PATIENCE_S = 120
ROWS = 200


class Postgres:
    name = "postgres"
    quick = f"select cast(k as bigint) as k from generate_series(1, {ROWS}) as t(k)"
    slow = f"select cast(k as bigint) as k from generate_series(1, {ROWS}) as t(k), pg_sleep(60)"

    def __init__(self, test):
        self.schema = f"{test}_{os.getpid()}"
        self.server = {key: re.search(rf"\b{key}=(\S+)", os.environ["PENSTOCK_TEST_POSTGRES"])[1] for key in ("host", "port", "user", "password", "dbname")}
        self.address = (self.server["host"], int(self.server["port"]))
        self.secrets = {"SECRET": self.server["password"]}

    def connection(self, port, _tls=False, settings=""):
        return (f'{{ type: postgres, host: 127.0.0.1, port: {port}, user: {self.server["user"]}, database: {self.server["dbname"]}, '
                f'schema: {self.schema}, password: "env:SECRET"{settings} }}')

    def sql(self, *statements):
        environment = {**os.environ, "PGHOST": self.server["host"], "PGPORT": self.server["port"], "PGUSER": self.server["user"],
                       "PGPASSWORD": self.server["password"], "PGDATABASE": self.server["dbname"], "PGOPTIONS": "-c client_min_messages=error"}
        done = subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1"], input=";\n".join(statements), env=environment, capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def processes(self, step):
        """Of the server, those at work with a slow statement of the step."""
        return self.sql("select pid from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid() "
                        f"and query like '%{step}%pg_sleep(60)%'")

    is_running = processes

    def tables(self):
        return self.sql(f"select table_name from information_schema.tables where table_schema = '{self.schema}'")

    def count(self, table):
        """Of its rows; 0 where there is no such table."""
        return int(self.sql(f"select count(*) from {self.schema}.{table}")[0]) if table in self.tables() else 0


class Trino:
    name = "trino"
    quick = f"select cast(k as bigint) as k from unnest(sequence(1, {ROWS})) as t(k)"
    slow = ("select count(*) as k from unnest(sequence(1, 10000)) as a(x) cross join unnest(sequence(1, 10000)) as b(y) "
            "cross join unnest(sequence(1, 500)) as c(z)")

    def __init__(self, test):
        self.schema = f"{test}_{os.getpid()}"
        self.url = os.environ["PENSTOCK_TEST_TRINO"]
        server = urllib.parse.urlsplit(self.url)
        self.address = (server.hostname, server.port)
        self.secrets = {}

    def connection(self, port, tls=False, settings=""):
        scheme = "https" if tls else "http"
        return f'{{ type: trino, url: "{scheme}://127.0.0.1:{port}", user: penstock, catalog: lake, schema: {self.schema}{settings} }}'

    def sql(self, *statements):
        rows = []
        for statement in statements:
            page = self.ask(self.url + "/v1/statement", statement.encode())
            while True:
                assert "error" not in page, (statement, page["error"]["message"])
                rows += ["|".join(str(cell) for cell in row) for row in page.get("data", [])]
                if "nextUri" not in page:
                    break
                page = self.ask(page["nextUri"])
        return rows

    def ask(self, url, body=None):
        request = urllib.request.Request(url, data=body, headers={"X-Trino-User": "penstock", "X-Trino-Catalog": "lake", "X-Trino-Schema": self.schema})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def is_running(self, step):
        return self.sql(f"select query_id from system.runtime.queries where state = 'RUNNING' and query like '%{step}%sequence(1, 500)%' "
                        "and query not like '%system.runtime%'")

    def tables(self):
        return self.sql(f"select table_name from information_schema.tables where table_schema = '{self.schema}'")

    def count(self, table):
        return int(self.sql(f"select count(*) from {self.schema}.{table}")[0]) if table in self.tables() else 0
