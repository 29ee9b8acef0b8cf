"""What the real programs tell people: the daemon's log, what is said of runs that lie in a store and of rows that a run would double or set
back, and two environments of one folder, each with a daemon.

    telling_test.py PENSTOCK

PENSTOCK_TEST_POSTGRES names the server, PENSTOCK_DUCKDB_LIBRARY the other engine. It waits for what it can see, never for time to pass.
"""
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request

PATIENCE_S = 60
ENDLESS = "select count(*) as n from generate_series(1, 1000000) a, generate_series(1, 1000000) b"
DAILY = """pipeline: daily
schedule: {{ cron: "0 2 * * *", timezone: UTC, interval: day }}
sources:
  changes: {{ table: "{schema}.changes" }}
steps:
  - name: added
    sql: select id, day, n from changes where day >= :interval_start and day < :interval_end
    publish: append
  - name: merged
    sql: select id, n from changes where day >= :interval_start and day < :interval_end
    publish: {{ as: merge, key: id }}
"""


class Daemon:
    """A daemon whose log is read line by line."""

    def __init__(self, test, root, *words):
        self.process = subprocess.Popen([test.penstock + "d", "-C", root, "--port", "0", *words], env=test.environment, stdin=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        test.daemons.append(self)
        self.lines = []
        self.url = self.until(lambda line: " at http" in line)

    def until(self, wanted):
        """The first line from here on that is wanted; its last word where it names the address."""
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))
            if wanted(line):
                found = re.search(r" at (http[^\s\"]+)", line)
                return found[1] if found else line
        raise AssertionError("the log ended: " + "\n".join(self.lines))

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.lines += [line.rstrip("\n") for line in self.process.stderr]
        return self.process.wait(PATIENCE_S)

    def objects(self):
        return [json.loads(line) for line in self.lines]


class Test:
    def __init__(self, penstock, folder):
        self.penstock, self.folder, self.failures, self.cases, self.daemons = os.path.abspath(penstock), pathlib.Path(folder), [], 0, []
        self.server = {key: re.search(rf"\b{key}=(\S+)", os.environ["PENSTOCK_TEST_POSTGRES"])[1] for key in ("host", "port", "user", "password", "dbname")}
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8", "SECRET": self.server["password"],
                            "PENSTOCK_DUCKDB_LIBRARY": os.environ["PENSTOCK_DUCKDB_LIBRARY"]}

    def project(self, name, pipelines, environments=("dev",)):
        root = self.folder / name
        (root / "pipelines").mkdir(parents=True)
        postgres = (f'{{ type: postgres, host: {self.server["host"]}, port: {self.server["port"]}, user: {self.server["user"]}, '
                    f'database: {self.server["dbname"]}, schema: telling, password: "env:SECRET" }}')
        connections = "".join(f"  {each}: {postgres if each == 'postgres' else f'{{ type: duckdb, path: {each}.duckdb }}'}\n" for each in environments)
        listed = "".join(f"  {each}: {{ target: {each} }}\n" for each in environments)
        (root / "penstock.yaml").write_text(f"project: {name}\nconnections:\n{connections}environments:\n{listed}")
        for pipeline, text in pipelines.items():
            (root / "pipelines" / f"{pipeline}.yaml").write_text(text)
        return root

    def call(self, root, *words):
        return subprocess.run([self.penstock, "-C", root, *words], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False)

    def psql(self, sql):
        environment = {**os.environ, "PGHOST": self.server["host"], "PGPORT": self.server["port"], "PGUSER": self.server["user"],
                       "PGPASSWORD": self.server["password"], "PGDATABASE": self.server["dbname"]}
        return subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1"], input=sql, env=environment, capture_output=True, text=True, check=True).stdout

    def runs(self, root, environment=""):
        path = root / ".penstock" / environment / "store.db"
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=PATIENCE_S)
        try:
            return connection.execute("select pipeline, id, state from run order by number").fetchall()
        finally:
            connection.close()

    def expect(self, what, holds):
        self.cases += 1
        if not holds:
            self.failures.append(what)

    def log(self):
        """Every start, end, failure, retry, skip and reload is a line with its run, pipeline and step."""
        pipelines = {"bad": "pipeline: bad\nsteps:\n  - name: fails\n    native_sql: select 1 / 0 as n\n"
                            "    columns: { n: int64 }\n  - name: after\n    sql: select n from fails\n",
                     "good": "pipeline: good\nsteps:\n  - name: one\n    sql: select 1 as n\n    checks:\n      - row_count: { min: 5 }\n        severity: warn\n"}
        root = self.project("log", pipelines, ("postgres",))
        daemon = Daemon(self, root, "--log-format", "json")
        runs = {name: self.call(root, "run", name) for name in ("bad", "good")}
        self.expect(f"the runs ended so: {runs}", runs["bad"].returncode == 1 and runs["good"].returncode == 0)
        path = root / "pipelines" / "good.yaml"
        path.write_text(path.read_text().replace("select 1 as n", "select m"))
        daemon.until(lambda line: "reload.refused" in line)
        faulty = daemon.get("/readyz?verbose")
        self.expect(f"readyz: {faulty}", faulty["state"] == "ok" and faulty["checks"][2]["state"] == "degraded")
        path.write_text(pipelines["good"])
        daemon.until(lambda line: "reload.done" in line)
        checks = {each["name"]: each for each in daemon.get("/readyz?verbose")["checks"]}
        self.expect(f"readyz: {checks}", {name: each["state"] for name, each in checks.items()} == {"store": "ok", "scheduler": "ok", "project": "ok"})
        self.expect(f"readyz: {checks}", checks["project"]["since"] > checks["store"]["since"])
        self.expect("the short form changed", [set(each) for each in daemon.get("/readyz")["checks"]] == [{"name", "state", "message"}] * 2)
        self.expect("it did not stop", daemon.stop() == 0)
        lines = daemon.objects()
        events = {each["event"]: each for each in lines if "event" in each}
        for event, fields in {"start": ("project", "environment"), "run.started": ("run", "pipeline"), "step.started": ("run", "pipeline", "step"),
                              "step.failed": ("run", "pipeline", "step", "sqlstate"), "step.skipped": ("run", "pipeline", "step", "reason"),
                              "run.failed": ("run", "pipeline", "step"), "check.warned": ("run", "pipeline", "step", "check"),
                              "step.succeeded": ("run", "pipeline", "step", "rows"), "run.succeeded": ("run", "pipeline"),
                              "reload.fault": ("file", "line", "column", "code"), "reload.refused": ("errors",), "reload.done": ("pipelines",),
                              "stop": (), "stopped": ()}.items():
            told = events.get(event, {})
            self.expect(f"{event}: {told or lines}", set(fields) <= set(told) and told.get("level") in ("info", "warn", "error"))
        self.expect(f"the failure: {events.get('step.failed')}", "division by zero" in events["step.failed"]["message"] and events["step.failed"]["level"] == "error")
        self.expect(f"the fault: {events.get('reload.fault')}", events["reload.fault"]["file"] == "pipelines/good.yaml" and events["reload.fault"]["line"] == 4)
        self.expect("no time or message", all({"time", "level", "message"} <= set(each) for each in lines))
        text = Daemon(self, root)
        self.call(root, "run", "bad", "-q")
        text.stop()
        failed = [line for line in text.lines if " error bad.fails failed: " in line]
        self.expect("\n".join(text.lines), len(failed) == 1 and re.search(r" run=r-\S+ pipeline=bad step=fails attempt=1 ", failed[0]))

    def left(self):
        """After a SIGKILL cancel ends what it names at the engine, and nothing else goes on."""
        root = self.project("left", {name: f"pipeline: {name}\nsteps:\n  - name: {name}_n\n    native_sql: {ENDLESS}\n    columns: {{ n: int64 }}\n"
                                     for name in ("first", "second")}, ("postgres",))
        daemon = Daemon(self, root)
        for name in ("first", "second"):
            self.call(root, "run", name, "--detach")
        active = "select count(*) from pg_stat_activity where datname = current_database() and application_name like 'penstock:%' and state = 'active'"
        while self.psql(active).strip() != "2":
            os.sched_yield()
        daemon.stop(signal.SIGKILL)
        (_, first, _), (_, second, _) = self.runs(root)
        status = self.call(root, "status")
        self.expect(f"status: {status.stderr}", all(f"{run} ({name}) lies here" in status.stderr for run, name in ((first, "first"), (second, "second"))))
        done = self.call(root, "cancel", "first", "--note", "too long")
        self.expect(f"cancel: {done}", done.returncode == 0 and "environment postgres" in done.stdout and "Cancelled by local: too long" in done.stdout)
        self.expect(f"it does not say what it leaves: {done.stderr}", f"{second} (second) lies here" in done.stderr and "goes on here" not in done.stderr)
        self.expect(f"runs {self.runs(root)}", [state for _, _, state in self.runs(root)] == ["cancelled", "running"])
        self.expect("the other statement was ended", self.psql(active).strip() == "1")
        again = self.call(root, "cancel", first)
        self.expect(f"{again}", again.returncode == 3 and "has already been cancelled" in again.stderr)
        done = self.call(root, "cancel", second, "-q")
        self.expect(f"cancel: {done}; {self.runs(root)}", done.returncode == 0 and self.runs(root)[1][2] == "cancelled" and self.psql(active).strip() == "0")

    def environments(self):
        """Each environment of a folder has its store and its daemon, and --env finds it."""
        root = self.project("two", {"one": "pipeline: one\nsteps:\n  - name: one\n    sql: select 1 as n\n"}, ("dev", "prod"))
        dev, prod = Daemon(self, root), Daemon(self, root, "-e", "prod")
        for words, environment in (((), "dev"), (("-e", "dev"), "dev"), (("-e", "prod"), "prod")):
            done = self.call(root, *words, "run", "one")
            address = (dev if environment == "dev" else prod).url
            self.expect(f"{words}: {done}", done.returncode == 0 and f"two, environment {environment}\n" in done.stdout and address in done.stderr)
        self.expect("the runs are not where they belong", len(self.runs(root)) == 2 and len(self.runs(root, "env/prod")) == 1)
        second = self.call(root, "-e", "prod", "--server", dev.url, "status")
        self.expect(f"{second}", second.returncode == 3 and 'serves the environment "dev", not "prod"' in second.stderr)
        unknown = self.call(root, "-e", "nosuch", "status")
        self.expect(f"{unknown}", unknown.returncode == 2 and 'there is no environment "nosuch"' in unknown.stderr)
        taken = subprocess.run([self.penstock + "d", "-C", root, "--port", "0", "-e", "prod"], env=self.environment, capture_output=True, text=True,
                               timeout=PATIENCE_S, check=False)
        self.expect(f"{taken}", taken.returncode == 3 and "is in use by penstockd" in taken.stderr)
        nowhere = subprocess.run([self.penstock + "d", "-C", root, "--port", "0", "-e", "nosuch"], env=self.environment, capture_output=True, text=True,
                                 timeout=PATIENCE_S, check=False)
        self.expect(f"{nowhere}", nowhere.returncode == 2 and 'there is no environment "nosuch"' in nowhere.stderr and not (root / ".penstock/env/nosuch").exists())
        self.expect("dev did not stop", dev.stop() == 0)
        hint = self.call(root, "status")
        self.expect(f"{hint}", "a daemon serves the environment prod of this folder" in hint.stderr)
        self.expect("prod did not stop", prod.stop() == 0)

    def repeated(self):
        """What an append doubles and what a merge sets back is said before it happens."""
        root = self.project("repeated", {"daily": DAILY.format(schema="telling")}, ("postgres",))
        march = ("--from", "2026-03-01", "--to", "2026-03-03")
        first = self.call(root, "backfill", "daily", *march)
        self.expect(f"{first}", first.returncode == 0 and "warning" not in first.stderr)
        dry = self.call(root, "backfill", "daily", *march, "--dry-run", "-o", "json")
        warnings = json.loads(dry.stdout)["warnings"]
        self.expect(f"{dry}", [each["step"] for each in warnings] == ["added"] and "2 of the 2 intervals" in warnings[0]["message"]
                    and "delete_insert" in warnings[0]["hint"] and "warning: " in dry.stderr)
        self.expect("a dry run wrote", self.psql("select count(*) from telling.added").strip() == "2")
        older = self.call(root, "run", "daily", "--from", "2026-03-01", "--to", "2026-03-02")
        self.expect(f"{older}", older.returncode == 0 and "will be there twice" in older.stderr and "keys that are in both will go back" in older.stderr
                    and "newest_by" in older.stderr)
        # It said so, and so it is.
        self.expect("the rows are not there twice", self.psql("select count(*) from telling.added").strip() == "3")
        self.expect("the key was not set back", self.psql("select n from telling.merged").strip() == "1")
        later = self.call(root, "run", "daily", "--from", "2026-03-03", "--to", "2026-03-04")
        self.expect(f"{later}", later.returncode == 0 and "warning" not in later.stderr)
        restart = self.call(root, "retry", "--restart")
        self.expect(f"{restart}", restart.returncode == 0 and "will be there twice" in restart.stderr)
        newest = self.call(root, "backfill", "daily", "--from", "2026-03-05", "--to", "2026-03-07", "--newest-first")
        self.expect(f"{newest}", newest.returncode == 3 and "newest_by" in newest.stderr)
        self.call(root, "run", "daily")
        plan = self.call(root, "plan")
        self.expect(f"{plan}", plan.returncode == 0 and 'the step "added" publishes as append' in plan.stderr)

    def main(self):
        self.psql("drop schema if exists telling cascade; create schema telling;"
                  "create table telling.changes as select 7 as id, d::date as day, extract(day from d)::int as n from "
                  "generate_series(timestamp '2026-03-01', timestamp '2026-03-03', interval '1 day') d")
        try:
            for case in (self.log, self.left, self.environments, self.repeated):
                case()
        except (AssertionError, subprocess.TimeoutExpired, KeyError, ValueError, OSError) as failed:
            self.failures.append(f"{type(failed).__name__}: {failed}")
        finally:
            for daemon in self.daemons:
                daemon.process.kill()
            self.psql("drop schema telling cascade")
        print("\n".join(self.failures))
        print(f"{self.cases} things told, {len(self.failures)} faults")
        return 1 if self.failures else 0


if __name__ == "__main__":
    signal.alarm(5 * PATIENCE_S)  # A line that never comes would be waited for.
    with tempfile.TemporaryDirectory(prefix="penstock-telling-", ignore_cleanup_errors=True) as FOLDER:
        sys.exit(Test(sys.argv[1], FOLDER).main())
