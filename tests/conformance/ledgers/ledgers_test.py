"""penstock_ledger does not grow for ever: the first run of a pipeline in a month removes the rows of runs that are long past.

    ledgers_test.py PENSTOCK

PostgreSQL is the database that PGHOST and its kin name. Without it the test fails.
"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

MONTH_US = 31 * 24 * 3600 * 1_000_000
LEDGER = "select step from ledgers.penstock_ledger order by run_id, step"


class Test:
    def __init__(self, penstock):
        self.penstock = penstock
        self.folder = tempfile.mkdtemp(prefix="penstock-ledgers-")
        self.environment = {**os.environ, "NO_COLOR": "1"}
        url = "postgresql://{PGUSER}@{PGHOST}:{PGPORT}/{PGDATABASE}".format(**self.environment)
        os.makedirs(os.path.join(self.folder, "pipelines"))
        self.write("penstock.yaml", "project: ledgers\nconnections:\n"
                   f"  db: {{ type: postgres, url: \"{url}\", password: \"env:PGPASSWORD\", schema: ledgers }}\nenvironments:\n  test: {{ target: db }}\n")
        self.write("pipelines/daily.yaml", "pipeline: daily\nsteps:\n  - name: one\n    sql: select 1 as n\n  - name: two\n    sql: select n from one\n")
        self.write("pipelines/other.yaml", "pipeline: other\nsteps:\n  - name: three\n    sql: select 1 as n\n")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def sql(self, text):
        return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-c", text], env=self.environment, capture_output=True, text=True,
                              check=True).stdout.split()

    def call(self, *arguments):
        done = subprocess.run([self.penstock, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        self.expect(f"penstock {arguments}", done.returncode == 0, done.stdout + done.stderr)
        return done.stdout

    def expect(self, what, holds, found=""):
        if not holds:
            sys.exit(f"{what}\n{found}")

    def same(self, what, found, wanted):
        self.expect(what, found == wanted, f"found  {found}\nwanted {wanted}")

    def run_a_month_later(self, pipeline):
        """Everything that the store knows is made a month older, which is the same."""
        store = sqlite3.connect(os.path.join(self.folder, ".penstock", "store.db"))
        with store:
            store.execute("update run set created = created - ?", (MONTH_US,))
        store.close()
        return self.sent(pipeline)

    def sent(self, pipeline):
        self.call("run", pipeline)
        run = json.loads(self.call("status", pipeline, "-o", "json"))[0]["id"]
        return self.call("logs", run, "--sql").count('delete from "ledgers"."penstock_ledger"')

    def all(self):
        self.sql("create schema ledgers")
        self.same("the first run of all has nothing to remove", self.sent("daily"), 0)
        self.call("run", "other")
        self.sql("insert into ledgers.penstock_ledger select 'old' || n || step, 'r-0' || n, step from generate_series(100, 999) n, "
                 "(values ('daily.one'), ('gone.step')) s (step) where step = 'daily.one' or n = 100")
        self.same("so many are there", len(self.sql(LEDGER)), 904)
        self.same("a second run in the month removes nothing", (self.sent("daily"), len(self.sql(LEDGER))), (0, 906))
        self.same("the first of the next month does, once", self.run_a_month_later("daily"), 1)
        self.same("what is left: every step is there", self.sql("select distinct step from ledgers.penstock_ledger order by 1"),
                  ["daily.one", "daily.two", "gone.step", "other.three"])
        self.same("no old row of a step with newer ones", self.sql("select step from ledgers.penstock_ledger where run_id < 'r-0zzz' order by 1"), ["gone.step"])
        self.same("nothing of the last three months is lost", self.sql("select count(*) from ledgers.penstock_ledger where step = 'daily.two'"), ["3"])
        shutil.rmtree(self.folder)
        print("the ledger was shortened")


if __name__ == "__main__":
    Test(os.path.abspath(sys.argv[1])).all()
