"""What `penstock orphans` finds at a target, and what it drops: only what a run that has ended left, or what a person names.

    orphans_test.py PENSTOCK

PostgreSQL is the database that PGHOST and its kin name; nobody else may work in it. Without it the test fails.
"""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

S = f"orphans_{os.getpid()}"
PATIENCE_S = 60


class Test:
    def __init__(self, penstock):
        self.penstock = penstock
        self.folder = tempfile.mkdtemp(prefix="penstock-orphans-")
        self.environment = {**os.environ, "NO_COLOR": "1", "PGOPTIONS": "-c client_min_messages=error"}
        url = "postgresql://{PGUSER}@{PGHOST}:{PGPORT}/{PGDATABASE}".format(**self.environment)
        os.makedirs(os.path.join(self.folder, "pipelines"))
        self.write("penstock.yaml", "project: orphans\nconnections:\n"
                   f"  db: {{ type: postgres, url: \"{url}\", password: \"env:PGPASSWORD\", schema: {S} }}\nenvironments:\n  test: {{ target: db }}\n")
        self.write("pipelines/quick.yaml", "pipeline: quick\nsteps:\n  - name: made\n    native_sql: select 1 as n\n"
                   "    columns: { n: int32 }\n    checks:\n      - not_null: [n]\n")
        self.write("pipelines/slow.yaml", "pipeline: slow\nsteps:\n  - name: waiting\n"
                   f"    native_sql: select 1 as n from (select pg_sleep(0.1) from generate_series(1, 6000) offset 0) s\n    columns: {{ n: int32 }}\n")
        self.expectations = 0

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def sql(self, text):
        return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-c", text], env=self.environment, capture_output=True, text=True, check=True).stdout.strip()

    def call(self, *arguments):
        return subprocess.run([self.penstock, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)

    def orphans(self, *arguments):
        """What is found, by name."""
        done = self.call("orphans", "-o", "json", *arguments)
        self.expect("it answers", done.returncode == 0, done.stdout + done.stderr)
        return {one["name"]: one for one in json.loads(done.stdout)}

    def expect(self, what, holds, found=""):
        self.expectations += 1
        if not holds:
            sys.exit(f"{what}\n{found}")

    def same(self, what, found, wanted):
        self.expect(what, found == wanted, f"found  {found}\nwanted {wanted}")

    def until(self, what, there):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if found := there():
                return found
        sys.exit(f"{what}: not within {PATIENCE_S} s")

    def left_by_a_run(self):
        done = self.call("run", "quick")
        self.expect("the run succeeds", done.returncode == 0, done.stdout + done.stderr)
        self.same("it leaves nothing", self.orphans(), {})
        run = json.loads(self.call("status", "quick", "-o", "json").stdout)[0]["id"]
        staged = re.search(r"penstock_staged_\w+", self.call("logs", run, "--sql").stdout)[0]
        self.sql(f"create table {S}.{staged} (n int); create table {S}.penstock_staged_000000000000_made (n int)")
        found = self.orphans()
        self.same("both are found", sorted(found), sorted([f"{S}.{staged}", f"{S}.penstock_staged_000000000000_made"]))
        mine, others = found[f"{S}.{staged}"], found[f"{S}.penstock_staged_000000000000_made"]
        self.same("the run's is known", (mine["state"], mine["run_id"], mine["step"], mine["connection"]), ("left", run, "quick.made", "db"))
        self.same("the other is not", (others["state"], others["run_id"]), ("unknown", None))
        self.same("without a name only the run's goes", list(self.orphans("--drop")), [f"{S}.{staged}"])
        self.same("the other stays", list(self.orphans()), [others["name"]])
        self.orphans("--drop", others["name"])
        self.same("by its name it goes", self.orphans(), {})

    def the_next_start_drops_it(self):
        """A view of somebody's holds the working table while the step ends, and is gone when a daemon starts."""
        holder = subprocess.Popen(["psql", "-qX", "-c", "begin", "-c", f"lock table {S}.made", "-c", "select pg_sleep(600)"], env=self.environment,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.until("the table is held", lambda: self.sql(f"select 1 from pg_locks where relation = '{S}.made'::regclass and granted and mode = 'AccessExclusiveLock'"))
        running = subprocess.Popen([self.penstock, "run", "quick"], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.until("the publish waits", lambda: self.sql(f"select 1 from pg_locks where relation = '{S}.made'::regclass and not granted"))
        staged = next(one["name"] for one in self.orphans().values() if one["kind"] == "table")
        self.sql(f"create view {S}.holding as select * from {staged}")
        self.sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(600)'")
        holder.wait(timeout=PATIENCE_S)
        output, _ = running.communicate(timeout=PATIENCE_S)
        self.expect("the run succeeds", running.returncode == 0, output)
        self.same("its table is left", self.orphans()[staged]["state"], "left")
        self.sql(f"drop view {S}.holding")
        daemon = subprocess.Popen([self.penstock + "d", "--port", "0"], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.until("the start drops it", lambda: self.sql(f"select 1 where to_regclass('{staged}') is null"))
        daemon.terminate()
        self.same("the daemon stops", daemon.wait(timeout=PATIENCE_S), 0)

    def in_use(self):
        running = subprocess.Popen([self.penstock, "run", "slow"], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        session = self.until("the statement runs", lambda: [one for one in self.orphans().values() if one["step"] == "slow.waiting"])[0]
        self.same("it is in use", (session["kind"], session["state"]), ("session", "in_use"))
        self.same("it is not dropped", self.orphans("--drop"), {})
        refused = self.call("orphans", "--drop", session["name"])
        self.expect("by its name it is refused", refused.returncode == 3 and session["run_id"] in refused.stderr, refused.stdout + refused.stderr)
        self.expect("the run goes on", running.poll() is None)
        running.kill()
        running.wait()
        self.same("after a SIGKILL the run is open, and a start would go on with it", self.orphans()[session["name"]]["state"], "in_use")
        self.call("cancel", session["run_id"])
        self.until("nothing runs", lambda: not self.orphans())

    def somebody_elses_session(self):
        stranger = subprocess.Popen(["psql", "-qX", "-c", "set application_name = 'penstock:0123456789'", "-c", "select pg_sleep(600)"],
                                    env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        session = self.until("it is seen", lambda: [one for one in self.orphans().values() if one["kind"] == "session"])[0]
        self.same("nobody here knows it", session["state"], "unknown")
        self.orphans("--drop")
        self.expect("it goes on", stranger.poll() is None)
        self.orphans("--drop", session["name"])
        self.expect("by its name it ends", stranger.wait(timeout=PATIENCE_S) != 0)

    def the_next_start_ends_a_session(self):
        """A session that a broken network left behind works on under the token of a step that has ended."""
        run = json.loads(self.call("status", "quick", "-o", "json").stdout)[0]["id"]
        store = sqlite3.connect(os.path.join(self.folder, ".penstock", "store.db"))
        (token,), = store.execute("select token from unit join run on run = number where id = ? limit 1", (run,))
        store.close()
        left, others = [subprocess.Popen(["psql", "-qX", "-c", f"set application_name = 'penstock:{name}'", "-c", "select pg_sleep(600)"],
                                         env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for name in (token, "0123456789")]
        found = self.until("both are seen", lambda: (lambda all: all if len(all) == 2 else None)(self.orphans()))
        self.same("one is left", sorted(one["state"] for one in found.values()), ["left", "unknown"])
        daemon = subprocess.Popen([self.penstock + "d", "--port", "0"], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.expect("the start ends it", left.wait(timeout=PATIENCE_S) != 0)
        daemon.terminate()
        log = daemon.communicate(timeout=PATIENCE_S)[1]
        self.expect("the log says it", f"a session of run {run} (quick.made) was left at the connection db and has been ended" in log, log)
        self.expect("somebody else's goes on", others.poll() is None)
        self.orphans("--drop", next(name for name, one in found.items() if one["state"] == "unknown"))
        self.expect("by its name it ends", others.wait(timeout=PATIENCE_S) != 0)

    def nobody_answers(self):
        self.environment["PGPASSWORD"] = "wrong"
        done = self.call("orphans")
        self.expect("a connection that cannot be asked is named", done.returncode == 5 and "db" in done.stderr and "nothing is left over" not in done.stderr, done.stdout + done.stderr)

    def all(self):
        self.sql(f"create schema {S}")
        try:
            for case in (self.left_by_a_run, self.the_next_start_drops_it, self.in_use, self.the_next_start_ends_a_session, self.somebody_elses_session):
                case()
                print(f"{case.__name__}: done", flush=True)
        finally:
            self.sql(f"drop schema {S} cascade")
        self.nobody_answers()
        print(f"{self.expectations} expectations held")
        shutil.rmtree(self.folder)


if __name__ == "__main__":
    Test(os.path.abspath(sys.argv[1])).all()
