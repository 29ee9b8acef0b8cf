"""A step's layout is that of its table on DuckDB, PostgreSQL and Trino, in every write mode and after every publish; a kept table of another
layout is told of, stays as it lies, and is rebuilt with its rows where the step asks for it.

    layouts_test.py SOURCE_FOLDER PENSTOCK

The servers and files are those that tests/run names in its environment. A target whose variable is missing is a failure.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

SCHEMA = f"layouts_{os.getpid()}"
INTERVAL = ["--from", "2026-01-01", "--to", "2026-01-02"]
MODES = {
    "whole": "table",
    "log": "append",
    "merged": "{ as: merge, key: k }",
    "replaced": "{ as: delete_insert, key: k }",
    "days": "{ as: delete_insert, interval: day }",
    "history": "{ as: scd2, key: k, effective_at: day }",
}
ROWS = 200


class Test:
    def __init__(self, source, penstock):
        self.penstock = penstock
        self.engines = os.path.join(source, "deploy", "engines")
        self.folder = tempfile.mkdtemp(prefix="penstock-layouts-")
        self.environment = {**os.environ, "NO_COLOR": "1"}
        self.failures = []
        self.looked_at = 0

    def must(self, *command, cwd=None):
        done = subprocess.run(command, cwd=cwd or self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=600)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)[:200]} ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def project(self, name, connection):
        folder = os.path.join(self.folder, name)
        os.makedirs(os.path.join(folder, "pipelines"))
        with open(os.path.join(folder, "penstock.yaml"), "w", encoding="utf-8") as file:
            file.write(f"project: {name}\nconnections:\n  db: {connection}\nenvironments:\n  test: {{ target: db }}\n")
        return folder

    @staticmethod
    def pipeline(folder, layout, more=""):
        text = ("pipeline: p\nschedule: { cron: \"0 1 * * *\" }\n" + more +
                f"sources: {{ src: {{ table: {SCHEMA}.src, columns: {{ k: int64, origin: text }} }} }}\nsteps:\n")
        for step, publish in MODES.items():
            text += (f"  - name: {step}\n    sql: select k, origin, date '2026-01-01' as day from src\n    publish: {publish}\n"
                     f"    layout: {layout}\n")
        with open(os.path.join(folder, "pipelines", "p.yaml"), "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, folder):
        self.must(self.penstock, "run", "p", *INTERVAL, cwd=folder)

    def plan(self, folder):
        """Of each step the action, and the messages by code."""
        steps = json.loads(self.must(self.penstock, "plan", "-o", "json", cwd=folder))["steps"]
        return {step["step"]: (step["action"], {each["code"]: each["message"] for each in step["reasons"] + step["notes"]}) for step in steps}

    def expect(self, what, holds, found=""):
        self.looked_at += 1
        if not holds:
            self.failures.append(f"{what}\n{found}")

    # ---- the engines

    def duckdb(self):
        database = os.path.join(self.folder, "layouts.duckdb")

        def query(sql):
            return self.must(sys.executable, os.path.join(self.engines, "duckdb_sql.py"), os.environ["PENSTOCK_DUCKDB_LIBRARY"], database, sql)

        query(f"create schema {SCHEMA}; create table {SCHEMA}.src as select (range * 7919) % {ROWS} as k, 'o' || range % 7 as origin from range({ROWS})")
        folder = self.project("duckdb", f"{{ type: duckdb, path: {database}, schema: {SCHEMA} }}")
        self.pipeline(folder, "{ partition: month(day), cluster: [origin], sort: [k], distribute: even, properties: { a: 1 } }", "compute: large\n")
        plan = self.plan(folder)
        self.expect("duckdb: the plan says what is done", "rows are put in order by" in plan["whole"][1].get("layout", "") or
                    "left out" in plan["whole"][1].get("layout", ""), plan["whole"])
        self.expect("duckdb: there is no choice of compute", "no choice of compute" in plan["whole"][1].get("compute", ""), plan["whole"])
        for _ in range(2):
            self.run(folder)
        for step in MODES:
            # The rows of one run are in order; those of the second stand behind the first's.
            falls = query("select count(*) from (select origin || lpad(k::varchar, 9, '0') as o, lag(origin || lpad(k::varchar, 9, '0')) over (order by rowid) as b "
                          f"from {SCHEMA}.{step}) where o < b").split()[-1]
            self.expect(f"duckdb: {step} is in order", int(float(falls)) <= (1 if step == "log" else 0), falls)
        print("duckdb: looked at", flush=True)

    def postgres(self):
        def query(sql):
            return self.must("psql", "-qXAt", "-F", " ", "-c", sql)

        query(f"create schema {SCHEMA}; create table {SCHEMA}.src as select k::bigint, 'o' || k % 7 as origin from generate_series(1, {ROWS}) as k")
        url = "postgresql://{PGUSER}@{PGHOST}:{PGPORT}/{PGDATABASE}".format(**self.environment)
        folder = self.project("postgres", f"{{ type: postgres, url: \"{url}\", password: \"env:PGPASSWORD\", schema: {SCHEMA} }}")

        def options(step):
            return query(f"select array_to_string(reloptions, ',') from pg_class where oid = '{SCHEMA}.{step}'::regclass").strip()

        self.pipeline(folder, "{ sort: [k], properties: { fillfactor: 70 } }")
        for _ in range(2):
            self.run(folder)
            for step in MODES:
                self.expect(f"postgres: {step} has its options", options(step) == "fillfactor=70", options(step))
        plan = self.plan(folder)
        self.expect("postgres: nothing has changed", {action for action, _ in plan.values()} == {"unchanged"}, plan)
        self.expect("postgres: an order is not to be had", "keeps no order" in plan["log"][1]["layout"], plan["log"])
        self.pipeline(folder, "{ properties: { fillfactor: 80 }, on_change: rebuild }")
        plan = self.plan(folder)
        self.expect("postgres: a kept table stays as it lies", "since run" in plan["log"][1].get("layout_kept", ""), plan["log"])
        self.expect("postgres: so does one that is emptied and filled", "since run" in plan["whole"][1].get("layout_kept", ""), plan["whole"])
        self.run(folder)
        self.expect("postgres: it did", {options(step) for step in MODES} == {"fillfactor=70"}, options("whole") + options("log"))
        self.expect("postgres: and is told of again", "layout_kept" in self.plan(folder)["log"][1])
        print("postgres: looked at", flush=True)

    def trino(self):
        url = os.environ["PENSTOCK_TEST_TRINO"]

        def query(sql):
            return self.must(sys.executable, os.path.join(self.engines, "trino_sql.py"), url, sql)

        query(f"create schema lake.{SCHEMA}")
        query(f"create table lake.{SCHEMA}.src as select cast(k as bigint) as k, 'o' || cast(k % 7 as varchar) as origin from unnest(sequence(1, {ROWS})) as t (k)")
        folder = self.project("trino", f"{{ type: trino, url: \"{url}\", user: penstock, catalog: lake, schema: {SCHEMA}, "
                              "compute: { large: { client_tags: large, session_properties: \"query_priority=2\" } } }")

        def lies(step):
            return query(f"show create table lake.{SCHEMA}.{step}")

        self.pipeline(folder, "{ partition: [month(day), \"bucket(4, origin)\"], cluster: [origin], sort: [k] }", "compute: large\n")
        for _ in range(2):
            self.run(folder)
            for step in MODES:
                told = lies(step)
                self.expect(f"trino: {step} is divided", "partitioning = ARRAY['month(day)','bucket(origin, 4)']" in told, told)
                self.expect(f"trino: {step} is sorted", "sorted_by = ARRAY['origin ASC NULLS FIRST','k ASC NULLS FIRST']" in told, told)
        plan = self.plan(folder)
        self.expect("trino: nothing has changed", {action for action, _ in plan.values()} == {"unchanged"}, plan)
        self.expect("trino: a cluster is an order", "rows are put in order by origin instead" in plan["log"][1]["layout"], plan["log"])
        self.pipeline(folder, "{ partition: day(day) }")
        plan = self.plan(folder)
        self.expect("trino: what is replaced has the new one", "layout_changed" in plan["whole"][1], plan["whole"])
        self.expect("trino: a kept table stays as it lies", "since run" in plan["log"][1].get("layout_kept", ""), plan["log"])
        self.pipeline(folder, "{ partition: day(day), on_change: rebuild }")
        plan = self.plan(folder)
        self.expect("trino: all is made anew", all("layout_changed" in codes for _, codes in plan.values()), plan)
        self.run(folder)
        for step in MODES:
            told = lies(step)
            self.expect(f"trino: {step} was rebuilt", "partitioning = ARRAY['day(day)']" in told or "partitioning = ARRAY['day']" in told, told)
        rows = query(f"select count(*) from lake.{SCHEMA}.log").split()[-1]
        self.expect("trino: with its rows", int(rows) == 3 * ROWS, rows)
        plan = self.plan(folder)
        self.expect("trino: and is as it should", {action for action, _ in plan.values()} == {"unchanged"}, plan)
        for step in [*MODES, "src"]:
            query(f"drop table lake.{SCHEMA}.{step}")
        print("trino: looked at", flush=True)

    def all(self):
        missing = [name for name in ("PENSTOCK_DUCKDB_LIBRARY", "PGHOST", "PENSTOCK_TEST_TRINO") if not os.environ.get(name)]
        if missing:
            sys.exit(f"there is no {missing[0]}: tests/run sets it")
        try:
            self.duckdb()
            self.postgres()
            self.trino()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        for failure in self.failures:
            print(f"FAILED {failure}")
        print(f"{self.looked_at} looked at, {len(self.failures)} wrong")
        sys.exit(1 if self.failures else 0)


Test(sys.argv[1], sys.argv[2]).all()
