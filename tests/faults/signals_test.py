"""Sends the real programs every signal that ends a process, by kill(2) and from a terminal, while a statement runs at a real engine: with
and without a daemon, once, twice, and by closing the terminal.

    signals_test.py PENSTOCK

PENSTOCK_TEST_POSTGRES names the server, PENSTOCK_DUCKDB_LIBRARY the other engine. It waits for what it can see, never for time to pass.
"""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import termios
import time

PATIENCE_S = 60
INTERRUPTED = 130
CTRL_C = b"\x03"
# The stubborn statement takes the first cancel for its own affair: only the end of its session ends it.
STUBBORN = """create or replace function signals.stubborn() returns bigint language plpgsql as $$ begin
  begin perform pg_sleep(3600); exception when query_canceled then perform pg_sleep(3600); end; return 1; end $$"""
QUERIES = {
    "postgres": {"endless": "select count(*) as n from generate_series(1, 1000000) a, generate_series(1, 1000000) b", "quick": "select 1 as n",
                 "stubborn": "select signals.stubborn() as n"},
    "duckdb": {"endless": "select count(*) as n from range(10000000) a, range(10000000) b where (a.range * b.range) % 7 = 3",
               "quick": "select 1 as n"},
}


def until(holds, what):
    """Asks again until it holds: every question goes to a process or to a file that changes."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come true"
        os.sched_yield()


class Program:
    """A program on a terminal of its own, or on pipes."""

    started = []

    def __init__(self, words, environment, on_terminal=True, before=None):
        self.said = b""
        self.master, slave = pty.openpty() if on_terminal else os.pipe()

        def prepare():
            os.setsid()
            if on_terminal:
                fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            if before is not None:
                before()

        self.process = subprocess.Popen(words, env=environment, stdin=slave if on_terminal else subprocess.DEVNULL, stdout=slave, stderr=slave,
                                        preexec_fn=prepare)
        os.close(slave)
        Program.started.append(self.process)

    def read(self):
        """One more part of its output; False at its end."""
        ready, _, _ = select.select([self.master], [], [], PATIENCE_S)
        assert ready, f"no output and no end; it said {self.said.decode()!r}"
        try:
            part = os.read(self.master, 65536)
        except OSError:  # A terminal that nobody has open any more says so with EIO.
            part = b""
        self.said += part
        return bool(part)

    def says(self, text):
        while text.encode() not in self.said:
            assert self.read(), f"it ended without {text!r}; it said {self.said.decode()!r}"

    def type(self, text):
        os.write(self.master, text)

    def close_terminal(self):
        os.close(self.master)
        self.master = None

    def send(self, number):
        self.process.send_signal(number)

    def end(self):
        """Its exit code, or minus the signal that ended it."""
        while self.master is not None and self.read():
            pass
        code = self.process.wait(PATIENCE_S)
        if self.master is not None:
            os.close(self.master)
        return code


class Site:
    """A project on one engine, alone or with a daemon."""

    def __init__(self, test, engine, with_daemon):
        self.test, self.engine, self.with_daemon = test, engine, with_daemon
        self.root = pathlib.Path(tempfile.mkdtemp(prefix=f"{engine}-", dir=test.folder))
        connection = test.postgres() if engine == "postgres" else '{ type: duckdb, path: "signals.duckdb", schema: main }'
        (self.root / "penstock.yaml").write_text(f"project: signals\nconnections:\n  here: {connection}\nenvironments:\n  test: {{ target: here }}\n")
        (self.root / "pipelines").mkdir()
        for name, query in QUERIES[engine].items():
            schedule = "schedule: { cron: \"0 0 * * *\", timezone: UTC }\n" if name == "endless" else ""
            (self.root / "pipelines" / f"{name}.yaml").write_text(
                f"pipeline: {name}\n{schedule}steps:\n  - name: {name}\n    native_sql: {query}\n    columns: {{ n: int64 }}\n    publish: table\n")
        self.daemon = self.start_daemon() if with_daemon else None

    def start_daemon(self, **how):
        daemon = Program([self.test.penstock + "d", "-C", self.root, "--port", "0"], self.test.environment, **how)
        daemon.says(" at http")
        return daemon

    def start(self, *words, **how):
        return Program([self.test.penstock, "-C", self.root, *words], self.test.environment, **how)

    def call(self, *words):
        return subprocess.run([self.test.penstock, "-C", self.root, *words], env=self.test.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=PATIENCE_S, check=False)

    def rows(self, query):
        path = self.root / ".penstock" / "store.db"
        if not path.exists():
            return []
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=PATIENCE_S)
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError:  # The program is still making its tables.
            return []
        finally:
            connection.close()

    def runs(self):
        return self.rows("select id, state from run order by number")

    def working(self):
        """How many statements of this project work at the engine; of DuckDB its own process knows that, and says so in the store."""
        if self.engine == "postgres":
            return int(self.test.psql("select count(*) from pg_stat_activity where datname = current_database() and application_name like 'penstock:%' and state = 'active'"))
        return self.rows("select count(*) from unit where state = 'submitted'")[0][0] if self.rows("select 1 from unit") else 0

    def wait_for_work(self, program):
        def works():
            assert program.process.poll() is None, f"it ended with {program.end()}; it said {program.said.decode()!r}"
            return self.working() > 0 and self.rows("select 1 from unit where state = 'submitted'")

        until(works, "a statement at the engine")

    def expect_cancelled(self, program, runs=1):
        code = program.end()
        self.test.expect(f"exit code {code}; {program.said.decode()}", code == INTERRUPTED)
        self.test.expect(f"runs {self.runs()}", [state for _, state in self.runs()] == ["cancelled"] * runs)
        self.test.expect("a statement is left at the engine", self.working() == 0)

    def expect_left(self, program, state):
        """It ended and the run did not; then the cancel that it named, or that it should have, ends the run."""
        code = program.end()
        (run, found), = self.runs()
        self.test.expect(f"exit code {code}; {program.said.decode()}", code == INTERRUPTED)
        self.test.expect(f"the run is {found}", found == state)
        done = self.call("cancel", run)
        self.test.expect(f"cancel: {done.returncode}; {done.stdout}{done.stderr}", done.returncode == 0)
        self.test.expect(f"runs {self.runs()}", self.runs() == [(run, "cancelled")])
        self.test.expect("a statement is left at the engine", self.working() == 0)

    def end(self):
        if self.daemon is not None:
            self.daemon.send(signal.SIGTERM)
            code = self.daemon.end()
            self.test.expect(f"the daemon ended with {code}; {self.daemon.said.decode()}", code == 0)


class Test:
    def __init__(self, penstock, folder):
        self.penstock, self.folder, self.failures, self.case, self.cases = os.path.abspath(penstock), folder, [], "", 0
        self.server = {key: re.search(rf"\b{key}=(\S+)", os.environ["PENSTOCK_TEST_POSTGRES"])[1] for key in ("host", "port", "user", "password", "dbname")}
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8", "TERM": "xterm", "SECRET": self.server["password"],
                            "PENSTOCK_DUCKDB_LIBRARY": os.environ["PENSTOCK_DUCKDB_LIBRARY"]}

    def postgres(self, password="env:SECRET"):
        return (f'{{ type: postgres, host: {self.server["host"]}, port: {self.server["port"]}, user: {self.server["user"]}, '
                f'database: {self.server["dbname"]}, schema: signals, password: {json.dumps(password)} }}')

    def psql(self, sql):
        environment = {**os.environ, "PGHOST": self.server["host"], "PGPORT": self.server["port"], "PGUSER": self.server["user"],
                       "PGPASSWORD": self.server["password"], "PGDATABASE": self.server["dbname"]}
        return subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1"], input=sql, env=environment, capture_output=True, text=True, check=True).stdout

    def expect(self, what, holds):
        if not holds:
            self.failures.append(f"{self.case}: {what}")

    def on(self, engine, with_daemon, case):
        self.case, self.cases = f"{case} ({engine}, {'daemon' if with_daemon else 'alone'})", self.cases + 1
        return Site(self, engine, with_daemon)

    def once(self, engine, with_daemon):
        """One signal cancels the run, and the command ends when the engine has confirmed it."""
        ways = {"Ctrl-C on a terminal": (True, lambda program: program.type(CTRL_C)),
                "SIGINT": (False, lambda program: program.send(signal.SIGINT)),
                "SIGTERM twice, as timeout sends it": (False, lambda program: (program.send(signal.SIGTERM), program.send(signal.SIGTERM)))}
        if not with_daemon:
            ways["SIGHUP twice"] = (True, lambda program: (program.send(signal.SIGHUP), program.send(signal.SIGHUP)))
            ways["a closed terminal"] = (True, lambda program: program.close_terminal())
        for case, (on_terminal, interrupt) in ways.items():
            site = self.on(engine, with_daemon, case)
            program = site.start("run", "endless", on_terminal=on_terminal)
            site.wait_for_work(program)
            interrupt(program)
            site.expect_cancelled(program)
            site.end()

    def every_command(self, engine, with_daemon):
        site = self.on(engine, with_daemon, "Ctrl-C during retry")
        first = site.start("run", "endless")
        site.wait_for_work(first)
        first.type(CTRL_C)
        site.expect_cancelled(first)
        second = site.start("retry")
        site.wait_for_work(second)
        second.type(CTRL_C)
        site.expect_cancelled(second, runs=2)
        site.end()
        site = self.on(engine, with_daemon, "Ctrl-C during backfill")
        program = site.start("backfill", "endless", "--from", "2026-01-01", "--to", "2026-01-05", "--max-active", "1")
        site.wait_for_work(program)
        program.type(CTRL_C)
        site.expect_cancelled(program)
        site.end()

    def goes_on_at_the_daemon(self, engine):
        for case, interrupt in {"SIGHUP": lambda program: program.send(signal.SIGHUP), "a closed terminal": lambda program: program.close_terminal()}.items():
            site = self.on(engine, True, case)
            program = site.start("run", "endless")
            site.wait_for_work(program)
            interrupt(program)
            site.expect_left(program, "running")
            site.end()

    def nohup(self):
        site = self.on("postgres", True, "SIGHUP under nohup, then Ctrl-C")
        program = site.start("run", "endless", before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        site.wait_for_work(program)
        program.send(signal.SIGHUP)
        program.type(CTRL_C)
        site.expect_cancelled(program)
        site.end()

    def twice(self):
        """The second Ctrl-C leaves at once, whatever the first waits for, and names the command that ends what is left."""
        site = self.on("postgres", False, "Ctrl-C twice at a statement that does not end")
        program = site.start("run", "stubborn")
        site.wait_for_work(program)
        program.type(CTRL_C)
        program.says("press Ctrl-C again")
        until(lambda: site.runs()[0][1] == "cancelling", "the cancel")
        program.type(CTRL_C)
        program.says(f"penstock cancel {site.runs()[0][0]}")
        site.expect_left(program, "cancelling")
        for engine in QUERIES:
            site = self.on(engine, True, "Ctrl-C twice at a daemon that does not answer")
            program = site.start("run", "endless")
            site.wait_for_work(program)
            site.daemon.send(signal.SIGSTOP)
            program.type(CTRL_C)
            program.says("press Ctrl-C again")
            program.type(CTRL_C)
            program.says(f"penstock cancel {site.runs()[0][0]}")
            code = program.end()
            self.expect(f"exit code {code}", code == INTERRUPTED)
            site.daemon.send(signal.SIGCONT)
            site.call("cancel", site.runs()[0][0])
            site.end()

    def adopted(self):
        site = self.on("postgres", False, "Ctrl-C at a command that stays with another's run")
        first = site.start("run", "endless")
        site.wait_for_work(first)
        first.send(signal.SIGKILL)
        first.end()
        program = site.start("run", "quick")
        program.says("waiting for")
        program.type(CTRL_C)
        code = program.end()
        self.expect(f"exit code {code}; {program.said.decode()}", code == INTERRUPTED and b"penstock cancel" in program.said)
        done = site.call("cancel", site.runs()[0][0])
        self.expect(f"{done.stdout}{done.stderr}; {site.runs()}", [state for _, state in site.runs()] == ["cancelled", "succeeded"])
        self.expect("a statement is left at the engine", site.working() == 0)

    def secret_commands(self):
        """A command that only looks dies by the signal itself; the programs that it starts block none."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            site = self.on("postgres", False, f"{number.name} at penstock doctor")
            pipe, status = site.root / "pipe", site.root / "status"
            os.mkfifo(pipe)
            project = site.root / "penstock.yaml"
            project.write_text(project.read_text().replace('"env:SECRET"', json.dumps(f"cmd:cat /proc/self/status > {status}; cat {pipe}")))
            program = site.start("doctor", on_terminal=False)
            writer = os.open(pipe, os.O_WRONLY)  # Returns when the child reads it.
            program.send(number)
            code = program.process.wait(PATIENCE_S)
            os.close(writer)
            self.expect(f"it ended with {code}", code == -number)
            blocked = re.search(r"SigBlk:\s*(\w+)", status.read_text())[1]
            self.expect(f"the secret's command blocks {blocked}", int(blocked, 16) == 0)
            os.close(program.master)

    def daemons(self):
        for case, stop in {"Ctrl-C": lambda daemon: daemon.type(CTRL_C), "SIGTERM twice": lambda daemon: (daemon.send(signal.SIGTERM), daemon.send(signal.SIGTERM)),
                           "a closed terminal": lambda daemon: daemon.close_terminal()}.items():
            site = self.on("duckdb", True, f"{case} at penstockd")
            site.daemon.send(signal.SIGHUP)
            site.daemon.says("reload: ")
            stop(site.daemon)
            code = site.daemon.end()
            self.expect(f"it ended with {code}; {site.daemon.said.decode()}", code == 0)

    def main(self):
        self.psql(f"drop schema if exists signals cascade; create schema signals; {STUBBORN}")
        try:
            for engine in QUERIES:
                for with_daemon in (False, True):
                    self.once(engine, with_daemon)
                    self.every_command(engine, with_daemon)
                self.goes_on_at_the_daemon(engine)
            self.nohup()
            self.twice()
            self.adopted()
            self.secret_commands()
            self.daemons()
        except (AssertionError, subprocess.TimeoutExpired) as failed:
            self.failures.append(f"{self.case}: {failed}")
        finally:
            for process in Program.started:
                process.kill()
            self.psql("drop schema signals cascade")
        print("\n".join(self.failures))
        print(f"{self.cases} signals and terminals, {len(self.failures)} faults")
        return 1 if self.failures else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="penstock-signals-", ignore_cleanup_errors=True) as FOLDER:
        sys.exit(Test(sys.argv[1], FOLDER).main())
