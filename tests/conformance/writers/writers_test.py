"""Eight writers at once publish the same tables, in every write mode, on DuckDB, PostgreSQL and Trino. Whoever comes last, every table holds
what some order of the eight would have left. They know nothing of each other: on PostgreSQL and Trino each is a process with a store of
its own; on DuckDB, whose file belongs to one process, each is a pipeline with a connection of its own to that file.

    writers_test.py SOURCE_FOLDER PENSTOCK

The servers and files are those that tests/run names in its environment. A target whose variable is missing is a failure.
"""
import os
import shutil
import subprocess
import sys
import tempfile

WRITERS = range(1, 9)
KEYS = 300
INTERVAL = ["--from", "2026-01-01", "--to", "2026-01-02"]

STEPS = """
  - name: merged
    sql: select k, :who as who from src
    publish: { as: merge, key: k }
  - name: newest
    sql: select k, :who as who from src
    publish: { as: merge, key: k, newest_by: who }
  - name: replaced
    sql: select k, :who as who from src
    publish: { as: delete_insert, key: k }
  - name: days
    sql: select k, :who as who, date '2026-01-01' as day from src
    publish: { as: delete_insert, interval: day }
  - name: history
    sql: select k, :who as who, date '2026-01-01' + :who as day from src
    publish: { as: scd2, key: k, effective_at: day }
  - name: whole
    sql: select k, :who as who from src
    publish: table
  - name: log
    sql: select k, :who as who from src
    publish: append
  - name: shown
    sql: select k, :who as who from src
    publish: view
"""

# What each table tells about itself, and what every order of the eight leaves of it after one round; the append grows with each.
FACTS = {
    "merged": ("select count(*), count(distinct k), count(distinct who) from {}", (KEYS, KEYS, 1)),
    "newest": ("select count(*), min(who), max(who) from {}", (KEYS, 8, 8)),
    "replaced": ("select count(*), count(distinct k), count(distinct who) from {}", (KEYS, KEYS, 1)),
    "days": ("select count(*), count(distinct k), count(distinct who) from {}", (KEYS, KEYS, 1)),
    "history": ("select count(*), sum(case when is_current then who else 0 end), "
                "sum(case when valid_to = valid_from + interval '1' day then 1 else 0 end) from {}", (8 * KEYS, 8 * KEYS, 7 * KEYS)),
    "whole": ("select count(*), count(distinct k), count(distinct who) from {}", (KEYS, KEYS, 1)),
    "log": ("select count(*), min(c), max(c) from (select who, count(*) as c from {} group by who) as t", None),
    "shown": ("select count(*), count(distinct k), count(distinct who) from {}", (KEYS, KEYS, 1)),
}


def pipeline(name, who, target=""):
    return (f"pipeline: {name}\n{target}schedule: {{ cron: \"0 1 * * *\" }}\nparameters: {{ who: {{ type: int32, default: {who} }} }}\n"
            f"sources: {{ src: {{ table: {SCHEMA}.src, columns: {{ k: int64 }} }} }}\nsteps:{STEPS}")


SCHEMA = f"writers_{os.getpid()}"


class Test:
    def __init__(self, source, penstock):
        self.penstock = penstock
        self.engines = os.path.join(source, "deploy", "engines")
        self.folder = tempfile.mkdtemp(prefix="penstock-writers-")
        self.environment = {**os.environ, "NO_COLOR": "1"}
        self.failures = []

    def run(self, *command, cwd=None):
        done = subprocess.run(command, cwd=cwd or self.folder, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)[:200]} ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def project(self, name, connections, target, pipelines):
        folder = os.path.join(self.folder, name)
        os.makedirs(os.path.join(folder, "pipelines"))
        with open(os.path.join(folder, "penstock.yaml"), "w", encoding="utf-8") as file:
            file.write(f"project: {name}\nconnections:\n{connections}environments:\n  test: {{ target: {target} }}\n")
        for pipe, text in pipelines.items():
            with open(os.path.join(folder, "pipelines", pipe + ".yaml"), "w", encoding="utf-8") as file:
                file.write(text)
        return folder

    def together(self, target, commands):
        """Starts all at once and waits for each; every one has to succeed."""
        running = [subprocess.Popen(command, cwd=cwd, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                   for cwd, command in commands]
        for who, process in zip(WRITERS, running):
            output, _ = process.communicate(timeout=600)
            if process.returncode != 0:
                self.failures.append(f"{target}: writer {who} ended with {process.returncode}\n{output[-3000:]}")

    def judge(self, target, rounds, query):
        for name, (sql, wanted) in FACTS.items():
            found = tuple(int(float(cell)) for cell in query(sql.format(f"{SCHEMA}.{name}")).split())
            wanted = wanted or (8, KEYS * rounds, KEYS * rounds)
            if found != wanted:
                self.failures.append(f"{target}: {name} holds {found} after {rounds} rounds, and {wanted} in every order")
        print(f"{target}: eight at once, {rounds} rounds, {len(FACTS)} write modes looked at", flush=True)

    def apart(self, target, connection, query, rounds):
        folders = [self.project(f"{target}_{who}", f"  db: {connection}\n", "db", {"w": pipeline("w", who)}) for who in WRITERS]
        for done in range(1, rounds + 1):
            self.together(target, [(folder, [self.penstock, "run", "w", *INTERVAL]) for folder in folders])
            self.judge(target, done, query)

    def duckdb(self, rounds):
        database = os.path.join(self.folder, "shared.duckdb")

        def query(sql):
            return self.run(sys.executable, os.path.join(self.engines, "duckdb_sql.py"), os.environ["PENSTOCK_DUCKDB_LIBRARY"], database, sql)

        query(f"create schema {SCHEMA}; create table {SCHEMA}.src as select range as k from range({KEYS})")
        connections = "".join(f"  c{who}: {{ type: duckdb, path: {database}, schema: {SCHEMA} }}\n" for who in WRITERS)
        folder = self.project("duckdb", connections, "c1", {f"w{who}": pipeline(f"w{who}", who, f"target: c{who}\n") for who in WRITERS})
        for done in range(1, rounds + 1):
            daemon = subprocess.Popen([os.path.join(os.path.dirname(self.penstock), "penstockd"), "--port", "0"], cwd=folder,
                                      env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for line in daemon.stdout:
                if "http://" in line:
                    break
            self.together("duckdb", [(folder, [self.penstock, "run", f"w{who}", *INTERVAL]) for who in WRITERS])
            daemon.terminate()
            daemon.communicate(timeout=60)
            self.judge("duckdb", done, query)

    def postgres(self, rounds):
        def query(sql):
            return self.run("psql", "-qXAt", "-F", " ", "-c", sql)

        query(f"create schema {SCHEMA}; create table {SCHEMA}.src as select k::bigint from generate_series(1, {KEYS}) as k")
        url = "postgresql://{PGUSER}@{PGHOST}:{PGPORT}/{PGDATABASE}".format(**self.environment)
        self.apart("postgres", f"{{ type: postgres, url: \"{url}\", password: \"env:PGPASSWORD\", schema: {SCHEMA} }}", query, rounds)
        query(f"drop schema {SCHEMA} cascade")

    def trino(self, rounds):
        url = os.environ["PENSTOCK_TEST_TRINO"]

        def query(sql):
            return self.run(sys.executable, os.path.join(self.engines, "trino_sql.py"), url, sql.replace(f" {SCHEMA}.", f" lake.{SCHEMA}."))

        query(f"create schema lake.{SCHEMA}")
        query(f"create table lake.{SCHEMA}.src as select k from unnest(sequence(1, {KEYS})) as t(k)")
        self.apart("trino", f"{{ type: trino, url: \"{url}\", user: penstock, catalog: lake, schema: {SCHEMA}, slots: 1 }}", query, rounds)

    def all(self, targets):
        # A second round finds the tables there. On Trino it would prove little more, for minutes.
        for target in targets or ("duckdb", "postgres", "trino"):
            getattr(self, target)(1 if target == "trino" else 2)
        if self.failures:
            sys.exit("\n".join(self.failures))
        shutil.rmtree(self.folder)


if __name__ == "__main__":
    Test(sys.argv[1], sys.argv[2]).all(sys.argv[3:])
