"""Lets the network between Penstock and an engine fall silent: connections are taken and stay open, and nothing moves any more. Wherever that
happens, a step with a timeout ends in time, a cancel ends, a plan is answered, and when the engine speaks again the connection goes on and
every step says how it ended: nothing is lost, nothing doubled.

    silent_test.py PENSTOCK [--engine postgres|trino]

PENSTOCK_TEST_POSTGRES and PENSTOCK_TEST_TRINO name the servers; an engine that is missing is a failure. All cases of an engine run at once,
each over a proxy of its own, so they take about as long as the longest wait.
"""
import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.request

import engines
from proxy import Proxy

ROWS = 200
TIMEOUT_S = 3
PATIENCE = ", connect_timeout: 5s, patience: 5s"
# What the step's timeout, a cancel and a plan may take at most; the machine may be busy.
BOUND_S = TIMEOUT_S + 30 + 15
SETTLED_S = 120
PLANS_AT_ONCE = 4  # More are refused.
FINAL = ("succeeded", "failed", "cancelled", "skipped", "unknown", "timed_out")


@dataclasses.dataclass
class Case:
    """After which texts of the client the network falls silent, and in which directions; without a text, before the step begins."""
    name: str
    texts: tuple = ()
    upward: bool = True
    downward: bool = True
    cancels: bool = False          # A person cancels; otherwise the step's own timeout passes.
    slow: bool = False             # The statement takes longer than the timeout.
    states: tuple = ("failed",)
    prepares: bool = True          # Connections and their questions are used before.
    tls: bool = False
    restarts: bool = False         # The daemon ends while the step is in doubt, and another one begins.
    freezes: bool = False          # Not the network: the engine's own process is stopped while it works, and no signal reaches it.


POSTGRES = [
    Case("connect", prepares=False),  # It ends at the question whether the server has TLS.
    Case("startup", (b"\0user\0",), upward=False, prepares=False),
    Case("catalogue", (b"penstock_",), upward=False),
    Case("statement", (b"penstock:",), upward=False, states=("failed", "unknown")),
    Case("statement_lost", (b"penstock:",), states=("failed", "unknown")),
    Case("commit", (b"insert into", b"COMMIT"), upward=False, states=("unknown",)),
    Case("commit_lost", (b"insert into", b"COMMIT"), states=("unknown",)),
    Case("stop", (b"pg_cancel_backend",), slow=True, states=("failed", "unknown")),
    Case("cancel", (b"pg_cancel_backend",), slow=True, cancels=True, states=("cancelled", "unknown")),
    Case("cancel_commit", (b"insert into", b"COMMIT"), upward=False, cancels=True, states=("unknown",)),
    Case("frozen", slow=True, freezes=True, states=("failed", "unknown")),
    Case("frozen_cancel", slow=True, freezes=True, cancels=True, states=("cancelled", "unknown")),
]
RESTART = [Case("restart", (b"insert into", b"COMMIT"), upward=False, states=("unknown",), restarts=True)]
EXECUTING = (b"insert into", b"GET /v1/statement/executing")
TRINO = [
    Case("connect", prepares=False),
    Case("tls", tls=True, prepares=False),
    Case("catalogue", (b"information_schema",), upward=False),
    Case("statement", (b"insert into",), upward=False, cancels=True, states=("cancelled", "unknown")),
    Case("commit", EXECUTING, upward=False, cancels=True, states=("unknown",)),
    Case("commit_lost", EXECUTING, cancels=True, states=("unknown",)),
    Case("stop", (b"DELETE /v1",), slow=True, states=("failed", "unknown")),
    Case("cancel", (b"DELETE /v1",), slow=True, cancels=True, states=("cancelled", "unknown")),
]


def until(answer, what, patience_s):
    """Asks again until there is an answer: every question goes over the network."""
    deadline = time.monotonic() + patience_s
    while True:
        found = answer()
        if found:
            return found
        assert time.monotonic() < deadline, f"{what} did not come true in {patience_s} s"
        time.sleep(0.1)


class Site:
    """A daemon with a connection, a proxy and two pipelines for each case."""

    def __init__(self, penstock, engine, cases):
        self.engine = engine
        self.root = pathlib.Path(tempfile.mkdtemp(prefix=f"penstock-silent-{engine.name}-"))
        self.proxies = {case.name: Proxy(*engine.address) for case in cases}
        connections = "".join(f"  {case.name}: {engine.connection(self.proxies[case.name].port, case.tls, PATIENCE)}\n" for case in cases)
        (self.root / "penstock.yaml").write_text(
            f"project: silent\nconnections:\n{connections}environments:\n  test: {{ target: {cases[0].name} }}\n")
        (self.root / "pipelines").mkdir()
        for case in cases:
            timeout = "" if case.cancels else f"    timeout: {TIMEOUT_S}s\n"
            self.pipeline(case, "log", engine.slow if case.slow else engine.quick, f"    publish: append\n{timeout}")
            self.pipeline(case, "next", engine.quick, "    publish: table\n")
        engine.sql(f"create schema if not exists {engine.schema}")
        self.plans = threading.Semaphore(PLANS_AT_ONCE)
        self.penstock = os.path.abspath(penstock)
        self.start()

    def start(self):
        self.daemon = subprocess.Popen([self.penstock + "d", "-C", self.root, "--port", "0"], env={**os.environ, **self.engine.secrets},
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in self.daemon.stdout:
            found = re.search(r" at (http://\S+)", line)
            if found:
                self.url = found[1].rstrip(".,")
                break
        # Nobody reads what it says later, and it must not wait for that.
        concurrent.futures.ThreadPoolExecutor(1).submit(self.daemon.stdout.read)

    def pipeline(self, case, what, query, publish):
        (self.root / "pipelines" / f"{case.name}_{what}.yaml").write_text(
            f"pipeline: {case.name}_{what}\ntarget: {case.name}\nsteps:\n  - name: {case.name}_{what}\n    native_sql: {query}\n"
            f"    columns: {{ k: int64 }}\n{publish}")

    def call(self, method, path, body=None, patience_s=BOUND_S):
        request = urllib.request.Request(self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=patience_s) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise AssertionError((method, path, refused.read().decode())) from refused

    def is_refused(self, run):
        """Whether a retry of the run is a conflict with what is not known of it."""
        try:
            self.call("POST", f"/api/v1/runs/{run}/retry", {})
        except AssertionError as refused:
            return "is in doubt" in str(refused)
        return False

    def begin(self, pipeline):
        return self.call("POST", f"/api/v1/pipelines/{pipeline}/runs", {})["id"]

    def run(self, run):
        detail = self.call("GET", f"/api/v1/runs/{run}")
        return detail["run"], detail["steps"][0]

    def ended(self, run, patience_s):
        return until(lambda: self.run(run)[0]["state"] in FINAL and self.run(run), f"the end of run {run}", patience_s)

    def rows(self, case):
        return self.engine.count(f"{case.name}_log")

    def stop(self):
        self.daemon.terminate()
        self.daemon.wait(SETTLED_S)

    def end(self):
        """A statement that went on at the engine may still make its working table."""
        self.stop()
        until(self.is_empty, "an empty schema", SETTLED_S)
        self.engine.sql(f"drop schema {self.engine.schema}")

    def is_empty(self):
        for table in self.engine.tables():
            self.engine.sql(f"drop table {self.engine.schema}.{table}")
        return not self.engine.is_running(self.engine.schema) and not self.engine.tables()


def try_case(site, case):
    proxy, log = site.proxies[case.name], f"{case.name}_log"
    # Connections, ledger and table are there: then each text belongs to what the case is about.
    if case.prepares:
        before, _ = site.ended(site.begin(f"{case.name}_next"), SETTLED_S)
        assert before["state"] == "succeeded", before
    if not case.freezes:
        proxy.silence(case.texts, case.upward, case.downward)
    begun = time.monotonic()
    run = site.begin(log)
    if case.freezes:
        frozen = int(until(lambda: site.engine.processes(log), "that the engine works", SETTLED_S)[0])
        os.kill(frozen, signal.SIGSTOP)
    if case.cancels:
        until(lambda: site.run(run)[1]["state"] == "running", "that the step runs", SETTLED_S)
        until((lambda: site.engine.is_running(log)) if case.slow else proxy.is_silent, "that the engine works", SETTLED_S)
        site.call("POST", f"/api/v1/runs/{run}/cancel", {})
        begun = time.monotonic()
    ended, step = site.ended(run, SETTLED_S)
    took = time.monotonic() - begun
    assert took < BOUND_S, f"the step took {took:.1f} s"
    assert case.freezes or proxy.is_silent(), "the network was never silent"
    assert step["state"] in case.states, step
    assert step["state"] != "unknown" or site.is_refused(run), "what may have been published was repeated"
    # The slot is free, and a plan does not wait for what does not answer.
    with site.plans:
        asked = time.monotonic()
        plan = site.call("POST", "/api/v1/plan", {"pipelines": [log]})
        planned = time.monotonic() - asked
    is_told = any(case.name in told["message"] for told in plan["diagnostics"])
    assert is_told or not case.downward or case.freezes, plan["diagnostics"]
    connection = next(one for one in site.call("GET", "/api/v1/connections")["items"] if one["name"] == case.name)
    assert connection["slots_used"] == 0, connection
    if case.restarts:
        site.stop()
        site.start()
        assert site.run(run)[1]["state"] == "unknown"
    if case.freezes:
        os.kill(frozen, signal.SIGCONT)
    else:
        proxy.speak()
    if case.tls:
        return f"{step['state']} after {took:.1f} s, planned in {planned:.1f} s; this server has no TLS to go on with"
    after, _ = site.ended(site.begin(f"{case.name}_next"), SETTLED_S)
    if after["state"] != "succeeded":  # Its breaker or a half-open connection may have taken one.
        after, _ = site.ended(site.begin(f"{case.name}_next"), SETTLED_S)
    assert after["state"] == "succeeded", after
    _, settled = until(lambda: site.run(run)[1]["state"] != "unknown" and site.run(run), "that the doubt is settled", SETTLED_S)
    wanted = ROWS if settled["state"] == "succeeded" else 0
    assert site.rows(case) == wanted, (settled, site.rows(case))
    if settled["state"] != "succeeded":
        if case.slow:
            return f"{step['state']} after {took:.1f} s, planned in {planned:.1f} s, then {settled['state']}"
        again = site.call("POST", f"/api/v1/runs/{run}/retry", {})["id"]
        again, _ = site.ended(again, SETTLED_S)
        assert again["state"] == "succeeded", again
        assert site.rows(case) == ROWS, site.rows(case)
    return f"{step['state']} after {took:.1f} s, planned in {planned:.1f} s, then {settled['state']}"


def try_engine(penstock, engine, cases):
    site, failures = Site(penstock, engine, cases), []
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        begun = {case.name: pool.submit(try_case, site, case) for case in cases}
        for name, case in begun.items():
            try:
                print(f"{engine.name:9} {name:15} {case.result()}", flush=True)
            except Exception:  # pylint: disable=broad-except
                failures.append(f"{engine.name} {name}: {traceback.format_exc()}")
    site.end()
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("penstock")
    parser.add_argument("--engine", choices=("postgres", "trino"))
    parser.add_argument("--case")
    chosen = parser.parse_args()
    failures = []
    sites = [(kind, name, [case for case in cases if chosen.case in (None, case.name)])
             for kind, name, cases in ((engines.Postgres, "silent", POSTGRES), (engines.Postgres, "silent_restart", RESTART), (engines.Trino, "silent", TRINO))
             if chosen.engine in (None, kind.name)]
    with concurrent.futures.ThreadPoolExecutor(len(sites)) as pool:
        tries = [pool.submit(try_engine, chosen.penstock, kind(name), cases) for kind, name, cases in sites if cases]
        for one in tries:
            failures += one.result()
    print("\n".join(failures) or "nothing waited for ever, nothing was lost, nothing doubled")
    sys.exit(1 if failures else 0)


main()
