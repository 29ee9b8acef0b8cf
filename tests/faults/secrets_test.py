"""Plants secrets wherever one can come from, uses the whole of Penstock on a real PostgreSQL server, and searches everything that it
printed, served and kept for them: as they are, percent-encoded, in base64, in JSON and in SQL.

    secrets_test.py PENSTOCK

PENSTOCK_TEST_POSTGRES names the server, PENSTOCK_DUCKDB_LIBRARY the other engine.
"""
import base64
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

# Each is unmistakable and hard to quote; the right password is what the server asks for.
RIGHT = "Zw9\"q'%41\\kP ü+/="
SECRETS = {
    "right password": RIGHT,
    "wrong password": "Vx7'%2F\"mN\\tR é&?#",
    "plain password": "Jd5kPlainInYaml",
    "password of a URL": "Hf3qInTheUrl",
    "token of the API": "Tb8nBearerToken",
    "another token": "Rc2mWrongBearer",
    "token of Trino": "Ys6vTrinoToken",
    "secret of a client": "Gx5t/Client=Secret",
    "password at a proxy": "Mb7w+Proxy&Password",
    "password in a proxy URL": "Dn2rProxyUrl",
    "key of a client": "Uc8yClientKeyThatIsNone",
    "key of an account": "Ps4vAccountKeyThatIsNone",
    # Of a command that fails: what it is and what it prints.
    "text of a command": "Qm4xCommandText",
    "output of a command": "Wk9pCommandPrinted",
}
PIPELINE = """pipeline: kept
sources:
  facts: { table: public.facts }
steps:
  - name: copied
    sql: select id, amount from facts
    publish: { as: merge, key: [id] }
    checks:
      - not_null: [id]
  - name: failing
    sql: select amount / 0 as ratio from copied
"""


def forms(secret):
    """What a careless program would make of it."""
    raw = secret.encode()
    found = {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote(secret), urllib.parse.quote_plus(secret),
             json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], secret.replace("'", "''"),
             secret.replace("\\", "\\\\").replace("'", "\\'"), raw.hex(), secret.replace('"', "&quot;").replace("'", "&#39;")}
    found |= {form.lower() for form in found if "%" in form}
    for before in (b"", b"x", b"xx"):  # The three ways in which base64 may cut it, without the letters that its neighbours change.
        text = base64.b64encode(before + raw).decode().rstrip("=")
        found.add(text[len(before) and len(before) + 1:-1])
        found.add(text[len(before) and len(before) + 1:-1].replace("+", "-").replace("/", "_"))
    return [form.encode() for form in found if len(form) > 6]


class Test:
    def __init__(self, penstock, folder):
        self.penstock, self.folder = os.path.abspath(penstock), pathlib.Path(folder)
        self.failures, self.looked_at = [], 0
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8",
                            "PENSTOCK_DUCKDB_LIBRARY": os.environ["PENSTOCK_DUCKDB_LIBRARY"],
                            "RIGHT": RIGHT, "PRINTED": SECRETS["output of a command"], "WRONG": SECRETS["wrong password"], "TRINO_TOKEN": SECRETS["token of Trino"],
                            "CLIENT_SECRET": SECRETS["secret of a client"], "CLIENT_KEY": SECRETS["key of a client"],
                            "ACCOUNT_KEY": json.dumps({"type": "service_account", "client_email": "me@example.com", "token_uri": "https://127.0.0.1:1/token",
                                                       "private_key": SECRETS["key of an account"]}),
                            "PROXY_PASSWORD": SECRETS["password at a proxy"], "PROXY_URL": f"http://us:{SECRETS['password in a proxy URL']}@127.0.0.1:1",
                            
                            "PENSTOCK_TOKEN": SECRETS["token of the API"]}
        self.server = {key: re.search(rf"\b{key}=(\S+)", os.environ["PENSTOCK_TEST_POSTGRES"])[1] for key in ("host", "port", "user", "password", "dbname")}

    def look(self, where, content, but=()):
        self.looked_at += 1
        content = content if isinstance(content, bytes) else content.encode()
        for name, secret in SECRETS.items():
            if name in but:
                continue
            for form in forms(secret):
                if form in content:
                    at = content.index(form)
                    self.failures.append(f"the {name} is in {where}: ...{content[max(0, at - 60):at + len(form) + 20]!r}...")
                    break

    def expect(self, what, holds):
        if not holds:
            self.failures.append(what)

    def psql(self, sql):
        environment = {**os.environ, "PGHOST": self.server["host"], "PGPORT": self.server["port"], "PGUSER": self.server["user"],
                       "PGPASSWORD": self.server["password"], "PGDATABASE": self.server["dbname"]}
        return subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1"], input=sql, env=environment, capture_output=True, text=True, check=True).stdout

    def connection(self, password):
        return (f'{{ type: postgres, host: {self.server["host"]}, port: {self.server["port"]}, user: secretive, database: {self.server["dbname"]}, '
                f"schema: secretive, password: {json.dumps(password)} }}")

    def project(self, name, connections):
        root = self.folder / name
        (root / "pipelines").mkdir(parents=True)
        lines = ["project: secrets", "connections:", *(f"  {key}: {value}" for key, value in connections.items()), "environments:",
                 *(f"  {key}: {{ target: {key} }}" for key in connections)]
        (root / "penstock.yaml").write_text("\n".join(lines) + "\n")
        (root / "pipelines" / "kept.yaml").write_text(PIPELINE)
        return root

    def call(self, root, *words):
        done = subprocess.run([self.penstock, *words], cwd=root, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=120)
        self.look(f"the output of {root.name}: penstock {' '.join(words)}", done.stdout + done.stderr)
        return done

    def kept(self, root):
        files = [path for path in root.rglob("*") if path.is_file() and path.name not in ("penstock.yaml", "password", "tokens")]
        for path in files:
            # The store keeps the project as it was written, commands too, and shows it to nobody: whatever else it holds is looked at below.
            self.look(str(path.relative_to(self.folder)), path.read_bytes(), ("text of a command",) if path.name.startswith("store.db") else ())
        store = root / ".penstock" / "store.db"
        if store.exists():
            written = (root / "penstock.yaml").read_text()
            with contextlib.closing(sqlite3.connect(store)) as connection:
                for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
                    values = {str(value) for row in connection.execute(f'select * from "{table}"') for value in row}
                    self.look(f"the table {table} of {root.name}", "\n".join(values - {written}))
        return {path.name for path in files}

    def references(self):
        (self.folder / "password").write_text(RIGHT + "\n")
        trino = 'type: trino, url: "https://127.0.0.1:1", user: secretive, catalog: lake, schema: ops, patience: 1s'
        root = self.project("references", {
            "by_env": self.connection("env:RIGHT"), "by_file": self.connection(f"file:{self.folder}/password"),
            "by_cmd": self.connection("cmd:printf %s \"$RIGHT\""), "wrong": self.connection("env:WRONG"), "missing": self.connection("env:NOT_SET"),
            "failing": self.connection("cmd:printf %s \"$RIGHT\"; printf %s \"$PRINTED\" >&2; : Qm4xCommandText; exit 3"),
            "trino": f'{{ {trino}, token: "env:TRINO_TOKEN" }}', "proxy_url": f'{{ {trino}, token: "env:TRINO_TOKEN", proxy: "env:PROXY_URL" }}',
            "client": f'{{ {trino}, token_url: "https://127.0.0.1:1", client_id: me, client_secret: "env:CLIENT_SECRET" }}',
            "proxy": f'{{ {trino}, token: "env:TRINO_TOKEN", proxy: "127.0.0.1:1", proxy_user: me, proxy_password: "env:PROXY_PASSWORD" }}',
            "account": '{ type: bigquery, url: "https://127.0.0.1:1", project: acme, location: EU, schema: ops, patience: 1s, '
                       'credentials: "env:ACCOUNT_KEY" }',
            "certificate": f'{{ {trino}, client_certificate: /etc/ssl/certs/ca-certificates.crt, client_key: "env:CLIENT_KEY" }}'})
        for environment in ("by_env", "by_file", "by_cmd", "wrong", "missing", "failing", "trino", "proxy_url", "client", "proxy", "certificate", "account"):
            good = environment.startswith("by_")
            for words in (["sources", "pull"], ["validate"], ["compile", "--units"], ["plan", "--sql"], ["plan", "-o", "json"], ["run"],
                          ["status"], ["logs", "--sql"], ["logs", "-o", "json"], ["retry", "-o", "ndjson"], ["status", "kept", "-o", "json"]):
                done = self.call(root, "-e", environment, *words)
                if words == ["sources", "pull"]:
                    self.expect(f"{environment}: sources pull ended with {done.returncode}: {done.stderr.decode()}", (done.returncode == 0) == good)
                if words == ["run"]:
                    # The first step has to be written, and the second to fail at the engine, or there would be nothing to search.
                    self.expect(f"{environment}: run ended with {done.returncode}: {done.stdout.decode()}", done.returncode != 0)
                    self.expect(f"{environment}: {done.stdout.decode()}", (b"division by zero" in done.stdout) == good)
            if good:
                self.expect(f"{environment}: nothing was published", self.psql("select count(*) from secretive.copied").strip() == "3")
            if environment == "wrong":
                self.expect("the wrong password is not told as one", b"password" in self.call(root, "-e", "wrong", "doctor").stdout)
        self.call(root, "doctor")
        self.call(root, "doctor", "-o", "json")
        self.expect("there is no store to search", "store.db" in self.kept(root))
        return root

    def refused(self):
        """What stands in the file itself is refused, and not shown."""
        plain, url = SECRETS["plain password"], SECRETS["password of a URL"]
        address = f'{self.server["host"]}:{self.server["port"]}/{self.server["dbname"]}'
        for name, connection in {
                "plain": self.connection(plain), "postgres_url": f'{{ type: postgres, url: "postgresql://secretive:{url}@{address}" }}',
                "postgres_query": f'{{ type: postgres, url: "postgresql://{address}?user=secretive&password={url}" }}',
                "dsn": f'{{ type: postgres, url: "host={self.server["host"]} user=secretive password={url}" }}',
                "trino_url": f'{{ type: trino, url: "https://secretive:{url}@127.0.0.1:1", catalog: lake, schema: ops }}',
                "trino_token": f"{{ type: trino, url: \"https://127.0.0.1:1\", user: secretive, token: {plain}, catalog: lake, schema: ops }}",
                "trino_client": f"{{ type: trino, url: \"https://127.0.0.1:1\", token_url: \"https://127.0.0.1:1\", client_id: me, client_secret: {plain} }}",
                "trino_proxy": f"{{ type: trino, url: \"https://127.0.0.1:1\", proxy: \"http://me:{url}@127.0.0.1:1\" }}",
                "trino_proxy_password": f"{{ type: trino, url: \"https://127.0.0.1:1\", proxy: \"http://127.0.0.1:1\", proxy_user: me, proxy_password: {plain} }}",
                "trino_key": f"{{ type: trino, url: \"https://127.0.0.1:1\", client_certificate: x.pem, client_key: {plain} }}",
                "bigquery_key": f"{{ type: bigquery, project: acme, schema: ops, credentials: {plain} }}",
                "misspelt": f'{{ type: postgres, host: {self.server["host"]}, user: secretive, database: x, pasword: {plain} }}'}.items():
            root = self.project(name, {"dev": connection})
            self.expect(f"{name} is taken", self.call(root, "doctor").returncode != 0)
            for words in (["validate"], ["validate", "-o", "json"], ["plan"], ["run"], ["sources", "pull"], ["status"], ["doctor", "-o", "json"]):
                self.call(root, *words)
            self.kept(root)

    def daemon(self, root, environment, use):
        (self.folder / "tokens").write_text(f"tester admin {hashlib.sha256(SECRETS['token of the API'].encode()).hexdigest()}\n")
        log = self.folder / f"{environment}.log"
        with open(log, "wb") as file:
            daemon = subprocess.Popen([os.path.join(os.path.dirname(self.penstock), "penstockd"), "-C", root, "-e", environment, "--port", "0", "--tokens",
                                       self.folder / "tokens", "--log-level", "debug"], env=self.environment, stderr=file, stdout=file)
        try:
            # The first environment of a project has its daemon's file at the top.
            places = [root / ".penstock" / "daemon.json", root / ".penstock" / "env" / environment / "daemon.json"]
            while not any(place.exists() for place in places) and daemon.poll() is None:
                time.sleep(0.01)
            served = next(place for place in places if place.exists())
            self.port = urllib.parse.urlsplit(json.loads(served.read_text())["url"]).port
            use(root, environment)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)
        self.look(f"the log of penstockd -e {environment}", log.read_bytes())
        self.kept(root)

    def ask(self, path, token, method="GET", body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, {"Authorization": f"Bearer {token}", **({"Content-Type": "application/json"} if body else {})})
        answer = connection.getresponse()
        content = answer.read() if "event-stream" not in answer.headers.get("Content-Type", "") else answer.read1(65536)
        self.look(f"the answer to {method} {path}", content + str(answer.headers).encode())
        connection.close()
        return answer.status, content

    def serve(self, root, environment):
        token = SECRETS["token of the API"]
        self.expect("a wrong token is taken", self.ask("/api/v1/runs", SECRETS["another token"])[0] == 401)
        self.call(root, "-e", environment, "run", "-o", "ndjson")
        run = json.loads(self.ask("/api/v1/runs?limit=1", token)[1])["items"][0]["id"]
        document = json.loads(self.ask("/api/v1/openapi.json", token)[1])
        values = {"pipeline": "kept", "step": "copied", "run_id": run, "backfill_id": "b-1"}
        statuses = {}
        for path, operations in document["paths"].items():
            if "get" in operations:
                wanted = path.format(**values) + {"/api/v1/runs/{run_id}": "?include=attempts", "/api/v1/lineage/columns": "?node=step:kept.copied"}.get(path, "")
                statuses[path] = self.ask(wanted, token)[0]
        self.expect(f"{environment}: {statuses}", [path for path, status in statuses.items() if status != 200] == ["/api/v1/backfills/{backfill_id}"])
        self.ask("/api/v1/plan", token, "POST", '{"include_sql": true}')
        self.ask("/", token)
        self.ask(f"/api/v1/runs?q={urllib.parse.quote(SECRETS['another token'][::-1])}", token)

    def rotating(self):
        (self.folder / "password").write_text(RIGHT + "\n")
        return self.project("rotating", {"rotating": self.connection(f"cmd:printf x >> {self.folder}/count; cat {self.folder}/password")})

    def unasked(self):
        """What a plan says of connections that cannot be asked."""
        plan = json.loads(self.ask("/api/v1/plan", SECRETS["token of the API"], "POST", "{}")[1])
        return [found for found in plan["diagnostics"] if found["position"] is None]

    def rotate(self, root, environment):
        """A command runs when its secret is first wanted, and again when the server refuses what it gave: no restart, no failed step."""
        runs, expected = self.folder / "count", 0
        for password in (RIGHT, SECRETS["wrong password"]):
            quoted = password.replace("'", "''")
            self.psql(f"alter role secretive password '{quoted}'; select pg_terminate_backend(pid) from pg_stat_activity where usename = 'secretive'")
            (self.folder / "password").write_text(password + "\n")
            expected += 1
            deadline = time.monotonic() + 60
            while (unasked := self.unasked()) and time.monotonic() < deadline:  # It is not run again within a few seconds.
                pass
            self.expect(f"{environment}: {unasked}", not unasked)
            for _ in range(5):
                self.expect(f"{environment}: refused again", not self.unasked())
            done = self.call(root, "run", "-o", "ndjson")
            self.expect(f"{environment}: {done.stdout.decode()}", b"division by zero" in done.stdout)
            self.expect(f"{environment}: the command ran {runs.stat().st_size} times, not {expected}", runs.stat().st_size == expected)

    def main(self):
        quoted = RIGHT.replace("'", "''")
        self.psql(f"drop schema if exists secretive cascade; drop role if exists secretive; create role secretive login password '{quoted}';"
                  "create schema secretive authorization secretive; drop table if exists public.facts;"
                  "create table public.facts as select i as id, i * 1.5 as amount from generate_series(1, 3) i;"
                  f"grant select on public.facts to secretive; grant create on database \"{self.server['dbname']}\" to secretive")
        try:
            root = self.references()
            self.refused()
            for environment in ("by_env", "wrong", "failing", "client"):
                self.daemon(root, environment, self.serve)
            self.daemon(self.rotating(), "rotating", self.rotate)
        finally:
            self.psql("drop owned by secretive cascade; drop role secretive; drop table public.facts")
        print("\n".join(self.failures))
        print(f"{self.looked_at} outputs, answers and files searched for {len(SECRETS)} secrets, {len(self.failures)} faults")
        return 1 if self.failures else 0


if __name__ == "__main__":
    for secret in SECRETS.values():  # A search that finds nothing proves nothing.
        for form in (secret, urllib.parse.quote(secret), base64.b64encode(b"user:" + secret.encode()).decode(), json.dumps(secret)):
            assert any(each in form.encode() for each in forms(secret)), form
    with tempfile.TemporaryDirectory(prefix="penstock-secrets-") as FOLDER:
        sys.exit(Test(sys.argv[1], FOLDER).main())
