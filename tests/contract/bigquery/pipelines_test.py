"""Every write mode through `penstock run` on the contract server for BigQuery, twice, with rows that come new, change and go; then every table
is what the same pipeline leaves on DuckDB.

    pipelines_test.py PENSTOCK
"""
import json
import os
import subprocess
import sys

import contract
from contract import WithProjects
from login import SUBJECT_TOKEN

COLUMNS = "k, v, amount, seen_at, day"
KINDS = "{ k: int64, v: text, amount: \"decimal(10,2)\", seen_at: timestamptz, day: date }"

STEPS = """
  - name: shown
    sql: select k, v, amount + 0.5 as more, seen_at, day from src
    publish: view
  - name: whole
    sql: select k, upper(v) as v, amount, seen_at, day from src
    checks: [ { not_null: k } ]
    publish: table
  - name: log
    sql: select k, v, amount, seen_at, day from src where day >= :interval_start and day < :interval_end
    publish: append
  - name: merged
    sql: select k, v, amount, seen_at, day from src
    publish: { as: merge, key: k }
  - name: newest
    sql: select k, v, amount, seen_at, day from src
    publish: { as: merge, key: k, newest_by: seen_at }
  - name: replaced
    sql: select k, v, amount, seen_at, day from src where day >= :interval_start
    publish: { as: delete_insert, key: k }
  - name: days
    sql: select k, v, amount, seen_at, day from src where day >= :interval_start and day < :interval_end
    publish: { as: delete_insert, interval: day }
  - name: history
    sql: select k, v, amount, day from src
    publish: { as: scd2, key: k, effective_at: day }
"""
TABLES = ("shown", "whole", "log", "merged", "newest", "replaced", "days", "history")

# No number and no time ends in a zero, which engines write or leave out. Rows of the source before each run: some change, one goes, one comes, one has no key, one no text.
ROUNDS = (
    ("2026-01-01", [(1, "a", "1.25", "2026-01-01 10:00:00+00", "2026-01-01"), (2, "b", "2.25", "2026-01-01 11:30:00.123456+00", "2026-01-01"),
                    (3, None, "3.25", "2026-01-01 12:00:00+00", "2026-01-01")]),
    ("2026-01-02", [(1, "a", "1.25", "2026-01-02 10:00:00+00", "2026-01-02"), (2, "it's \"b\"\\", "-2.75", "2026-01-02 11:00:00+00", "2026-01-02"),
                    (4, "Zoë ☃", "4.25", "2026-01-02 12:00:00+00", "2026-01-02")]),
    # The same day once more, as a retry would: only the append grows.
    ("2026-01-02", [(1, "c", "1.75", "2026-01-02 13:00:00+00", "2026-01-02"), (4, "Zoë ☃", "4.25", "2026-01-02 12:00:00+00", "2026-01-02")]),
)


def next_day(day):
    return day[:-2] + f"{int(day[-2:]) + 1:02}"


def source_of(rows, text):
    lines = [f"select {k} as k, {text(v)} as v, cast('{amount}' as numeric{{scale}}) as amount, "
             f"timestamp{{tz}} '{seen_at}' as seen_at, date '{day}' as day"
             for k, v, amount, seen_at, day in rows]
    return " union all ".join(lines)


def bigquery_text(value):
    return "cast(null as string)" if value is None else "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def duckdb_text(value):
    return "cast(null as varchar)" if value is None else "'" + value.replace("'", "''") + "'"


class Pipelines(WithProjects):
    def pipeline(self):
        return (f"pipeline: w\nschedule: {{ cron: \"0 1 * * *\" }}\nsources: {{ src: {{ table: {self.DATASET}.src, columns: {KINDS} }} }}\n"
                f"steps:{STEPS}")

    def duckdb(self, database, sql):
        script = os.path.join(os.path.dirname(__file__), "..", "..", "..", "deploy", "engines", "duckdb_sql.py")
        done = subprocess.run([sys.executable, script, os.environ["PENSTOCK_DUCKDB_LIBRARY"], database, sql], env=self.environment,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def columns_of(self, table):
        more = {"shown": "k, v, more, seen_at, day", "history": "k, v, amount, day, valid_from, valid_to, is_current"}
        return more.get(table, COLUMNS).split(", ")

    def test_every_write_mode_leaves_what_duckdb_has(self):
        database = os.path.join(self.folder, "there.duckdb")
        there = self.project("there", f"{{ type: duckdb, path: \"{database}\", schema: {self.DATASET} }}", {"w": self.pipeline()})
        here = self.project("here", self.connection(), {"w": self.pipeline()})
        self.duckdb(database, f"create schema {self.DATASET}")
        for number, (day, rows) in enumerate(ROUNDS):
            self.control.sql(f"create or replace table {self.DATASET}.src as " + source_of(rows, bigquery_text).format(scale="", tz=""))
            self.duckdb(database, f"create or replace table {self.DATASET}.src as " + source_of(rows, duckdb_text).format(scale="(10,2)", tz="tz"))
            for folder in (here, there):
                self.penstock(folder, "run", "w", "--from", day, "--to", next_day(day))
            for table in TABLES:
                with self.subTest(table=table, round=number):
                    columns = self.columns_of(table)
                    cells = ", ".join(f"coalesce(cast({name} as string), '-')" for name in columns)
                    mine = sorted(self.control.sql(f"select {cells} from {self.DATASET}.{table}"))
                    theirs = self.duckdb(database, f"select {cells.replace('as string', 'as varchar')} from {self.DATASET}.{table}")
                    self.assertEqual(mine, sorted(tuple(line.split("\t")) for line in theirs.splitlines()))
        left = [one["name"] for one in self.tables() if one["name"].startswith("penstock_") and not one["name"].startswith("penstock_seen")]
        self.assertEqual(left, [], "working tables stayed")

    def test_jobs_say_whose_they_are(self):
        self.control.sql(f"create or replace table {self.DATASET}.src as " + source_of(ROUNDS[0][1], bigquery_text).format(scale="", tz=""))
        here = self.project("labelled", self.connection(priority="batch", maximum_bytes_billed=20000000, reservation="none"),
                            {"w": self.pipeline()})
        begun = len(self.control.jobs())
        self.penstock(here, "run", "w", "--step", "whole", "--from", "2026-01-01", "--to", "2026-01-02")
        jobs = self.control.jobs()[begun:]
        self.assertGreater(len(jobs), 2)
        for job in jobs:
            configuration = job["configuration"]
            self.assertEqual(configuration["labels"]["penstock_step"], "w_whole")
            self.assertEqual(configuration["labels"]["penstock_attempt"], "1")
            self.assertEqual((configuration["query"]["priority"], configuration["query"]["maximumBytesBilled"], configuration["reservation"]),
                             ("BATCH", "20000000", "none"))
            self.assertTrue(job["jobReference"]["jobId"].startswith("penstock_"))

    def test_a_limit_of_bytes_is_a_fault_of_the_step(self):
        self.control.sql(f"create or replace table {self.DATASET}.src as " + source_of(ROUNDS[0][1], bigquery_text).format(scale="", tz=""))
        here = self.project("limited", self.connection(maximum_bytes_billed=1000), {"w": self.pipeline()})
        told = self.penstock(here, "run", "w", "--step", "whole", "--from", "2026-01-01", "--to", "2026-01-02", code=1)
        self.assertIn("exceeded limit for bytes billed", told)
        self.assertIn("maximum_bytes_billed", told)

    def test_each_login_is_let_in(self):
        self.control.sql(f"create or replace table {self.DATASET}.src as " + source_of(ROUNDS[0][1], bigquery_text).format(scale="", tz=""))
        token = os.path.join(self.folder, "token")
        with open(token, "w", encoding="utf-8") as file:
            file.write(SUBJECT_TOKEN + "\n")
        by_url = {"url": self.PLACE["url"] + "/identity", "headers": {"X-Who": "me"},
                  "format": {"type": "json", "subject_token_field_name": "its_token"}}
        for number, (source, impersonate) in enumerate((({"file": token}, False), ({"file": token}, True), (by_url, True))):
            path = os.path.join(self.folder, f"federation{number}.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(self.control.federation(source, impersonate), file)
            here = self.project(f"federated{number}", self.connection(credentials=f"file:{path}"), {"w": self.pipeline()})
            self.assertIn("workload identity federation", self.penstock(here, "doctor", code=None))
            self.penstock(here, "run", "w", "--step", "whole", "--from", "2026-01-01", "--to", "2026-01-02")
        # A machine's own account.
        machine = self.project("machine", self.connection(credentials=""), {"w": self.pipeline()})
        self.environment["GCE_METADATA_HOST"] = self.PLACE["url"].split("//")[1]
        self.assertIn("this machine's own account", self.penstock(machine, "doctor", code=None))
        self.penstock(machine, "run", "w", "--step", "whole", "--from", "2026-01-01", "--to", "2026-01-02")
        self.environment["GCE_METADATA_HOST"] = "127.0.0.1:1"
        told = self.penstock(self.project("nowhere", self.connection(credentials="", patience="1s"), {"w": self.pipeline()}), "doctor", code=None)
        self.assertIn("127.0.0.1:1", told)
        # What another has written there is no token.
        with open(token, "w", encoding="utf-8") as file:
            file.write("of-nobody")
        told = self.penstock(os.path.join(self.folder, "federated0"), "run", "w", "--step", "whole", "--from", "2026-01-01", "--to", "2026-01-02", code=1)
        self.assertIn("`credentials`", told)
        self.assertNotIn("of-nobody", told)

    def test_doctor_goes_the_whole_way(self):
        here = self.project("looked_at", self.connection(), {"w": self.pipeline()})
        told = self.penstock(here, "doctor", code=None)
        for word in ("the service account etl@contract", "jobs of the project contract in EU", f"contract.{self.DATASET} in EU", "dry run"):
            self.assertIn(word, told)
        elsewhere = self.project("elsewhere", self.connection(location="US"), {"w": self.pipeline()})
        self.assertIn("set `location` to EU", self.penstock(elsewhere, "doctor", code=None))


if __name__ == "__main__":
    contract.main(WithProjects)
