#!/usr/bin/env python3
"""Measures and prints; started by `run`, which sets everything up: measure.py FOLDER [--quick]

Where PENSTOCK_BENCH_DBT is not set, dbt is not measured.
"""

import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BIN = pathlib.Path(os.environ.get("PENSTOCK_BENCH_BIN", ROOT / "build" / "release" / "bin"))
FOLDER = pathlib.Path(sys.argv[1])
QUICK = "--quick" in sys.argv
DBT = os.environ.get("PENSTOCK_BENCH_DBT")
DBT_PATIENCE_S = 900
HTTP_REPEATS = 30 if QUICK else 300


class Table:
    """What was measured, beside the budget and the peer."""

    def __init__(self):
        self.rows = []

    def add(self, what, value, unit, budget="", peer=None, peer_name="dbt"):
        self.rows.append({"what": what, "measured": value, "unit": unit, "budget": budget,
                          "peer": peer, "peer_name": peer_name if peer is not None else None,
                          "ratio": peer / value if isinstance(peer, (int, float)) and value else None})
        print(".", end="", file=sys.stderr, flush=True)

    def print(self):
        lines = [("what", "measured", "budget", "peer", "ratio")]
        for row in self.rows:
            peer = row["peer"] if isinstance(row["peer"], str) else show(row["peer"], row["unit"])
            lines.append((row["what"], show(row["measured"], row["unit"]), row["budget"],
                          f"{row['peer_name']} {peer}" if row["peer"] is not None else "",
                          f"{row['ratio']:,.0f} x" if row["ratio"] and row["ratio"] >= 10 else f"{row['ratio']:.1f} x" if row["ratio"] else ""))
        widths = [max(len(line[i]) for line in lines) for i in range(5)]
        print(file=sys.stderr)
        for line in lines:
            print("  ".join(text.ljust(width) if i in (0, 3) else text.rjust(width) for i, (text, width) in enumerate(zip(line, widths))).rstrip())


def show(value, unit):
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def fail(what, log=""):
    sys.exit(f"\nmeasure: {what}\n{log}")


def timed(command, patience_s=None, **options):
    """Runs a command to its end: wall and CPU seconds of it and its children, and the most memory that one process of them had."""
    start = time.monotonic()
    log = FOLDER / "command.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **options)
        timer = None
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG if patience_s else 0)
            if pid:
                break
            if time.monotonic() - start > patience_s:
                os.killpg(process.pid, signal.SIGKILL)
                os.wait4(process.pid, 0)
                process.returncode = -signal.SIGKILL
                return None
            time.sleep(0.005)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        fail(f"{' '.join(map(str, command))} ended with {process.returncode}", log.read_text()[-3000:])
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def figures(program, *arguments):
    answer = subprocess.run([BIN / program, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    if answer.returncode != 0:
        fail(f"{program} ended with {answer.returncode}")
    return json.loads(answer.stdout)


def generate(kind, count, *more):
    folder = FOLDER / f"{kind}-{'-'.join(map(str, (count, *more)))}"
    if not folder.exists():
        subprocess.run([sys.executable, HERE / "models.py", kind, folder, str(count), *map(str, more)], check=True)
    return folder


def dbt(folder, *arguments, patience_s=DBT_PATIENCE_S):
    environment = dict(os.environ, PYTHONPATH=DBT, DO_NOT_TRACK="1")
    return timed([sys.executable, "-m", "dbt.cli.main", *arguments, "--project-dir", folder, "--profiles-dir", folder],
                 patience_s=patience_s, env=environment, cwd=folder)


def measure_compile(table):
    sizes = [100] if QUICK else [100, 1000, 10000]
    dbt_sizes = sizes if DBT else []
    for count in sizes:
        largest = count == 10000
        project = generate("penstock", count)
        cold = [timed([BIN / "penstock", "validate", "-C", project, "-e", "duckdb"]) for _ in range(3 if largest else 5)]
        daemon = figures("bench_compile", project)
        parse = changed = unchanged = built = None
        if count in dbt_sizes:
            models = generate("dbt", count)
            parse = dbt(models, "parse", "--no-partial-parse")
            unchanged = parse and dbt(models, "parse")
            if parse:
                with open(models / "models" / "block_0000" / "m0000_00.sql", "a", encoding="utf-8") as file:
                    file.write("-- changed\n")
            changed = parse and dbt(models, "parse")
            built = parse and dbt(models, "compile", "--target", "duckdb")
        peer = (lambda run, key: run[key] if run else f"> {DBT_PATIENCE_S} s") if count in dbt_sizes else (lambda run, key: None)
        label = f"{count:,} steps"
        table.add(f"compile {label}, cold command: wall", median(cold, "wall"), "s", "< 1 s" if largest else "", peer(parse, "wall"), "dbt parse")
        table.add(f"compile {label}, cold command: CPU", median(cold, "cpu"), "s", "", peer(parse, "cpu"), "dbt parse")
        table.add(f"compile {label}, cold command: peak memory", median(cold, "mb"), "MB", "< 150 MB" if largest else "", peer(parse, "mb"), "dbt parse")
        if built is not None:
            table.add(f"compile {label}, cold command: CPU, again", median(cold, "cpu"), "s", "", peer(built, "cpu"), "dbt compile")
        milliseconds = lambda run: run["wall"] * 1e3 if run else peer(run, "wall")
        table.add(f"compile {label}, one file changed", daemon["one_file_changed"]["wall_ms"], "ms", "< 50 ms" if largest else "",
                  milliseconds(changed) if count in dbt_sizes else None, "dbt parse")
        table.add(f"compile {label}, nothing changed", daemon["nothing_changed"]["wall_ms"], "ms", "< 30 ms" if largest else "",
                  milliseconds(unchanged) if count in dbt_sizes else None, "dbt parse")
        table.add(f"column lineage in {label}, both ways: p50", daemon["lineage"]["closure_ms"]["p50"], "ms", "< 5 ms" if largest else "")
        table.add(f"column lineage in {label}, both ways: p99", daemon["lineage"]["closure_ms"]["p99"], "ms", "< 5 ms" if largest else "")


def sql(text):
    subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-c", text], check=True, stderr=subprocess.DEVNULL)


def measure_steps(table):
    sources = subprocess.run([sys.executable, HERE / "models.py", "sources"], stdout=subprocess.PIPE, text=True, check=True).stdout
    sql("drop schema if exists raw cascade;" + sources)
    ours = figures("bench_steps", generate("penstock", 100, 100), 1 if QUICK else 5)
    p50 = p99 = None
    if DBT:
        models = generate("dbt", 100)
        dbt(models, "run", "--target", "postgres")
        results = json.loads((models / "target" / "run_results.json").read_text())
        times = sorted(1e3 * result["execution_time"] for result in results["results"])
        p50, p99 = statistics.median(times), times[int(len(times) * 0.99) - 1]
    table.add("step on PostgreSQL, raw statements: p50", ours["raw_ms"]["p50"], "ms")
    table.add("step on PostgreSQL, all in: p50", ours["step_ms"]["p50"], "ms", "", p50, "dbt run")
    table.add("step on PostgreSQL, all in: p99", ours["step_ms"]["p99"], "ms", "", p99, "dbt run")
    table.add("overhead per step over the raw statements: p50", ours["overhead_ms"]["p50"], "ms", "< 1 ms",
              p50 - ours["raw_ms"]["p50"] if DBT else None, "dbt run")
    table.add("overhead per step over the raw statements: p99", ours["overhead_ms"]["p99"], "ms", "< 10 ms")
    table.add("one durable commit on the same disk: p50", ours["durable_commit_ms"]["p50"], "ms")
    table.add("one durable commit on the same disk: p99", ours["durable_commit_ms"]["p99"], "ms")
    table.add("trigger to first statement: p50", ours["first_statement_ms"]["p50"], "ms", "< 20 ms")
    table.add("trigger to first statement: p99", ours["first_statement_ms"]["p99"], "ms", "< 20 ms")


def measure_store(table):
    folder = FOLDER / "store"
    folder.mkdir()
    for line in figures("bench_store", "transitions", folder, 640 if QUICK else 6000):
        table.add(f"durable transitions, {line['waiters']} waiters", line["per_second"], "per s", "> 5,000 per s" if line["waiters"] > 1 else "")


class Daemon:
    """penstockd on a project; `ready_s` is the time from its start until it answers that it is ready."""

    def __init__(self, project, environment="duckdb"):
        (project / ".penstock" / "daemon.json").unlink(missing_ok=True)
        self.log = open(FOLDER / "daemon.log", "wb")
        start = time.monotonic()
        self.process = subprocess.Popen([BIN / "penstockd", "-C", project, "-e", environment, "--port", "0"], stderr=self.log)
        address = self.wait_for(lambda: json.loads((project / ".penstock" / "daemon.json").read_text())["url"])
        self.connection = http.client.HTTPConnection(re.sub("^http://", "", address))
        self.wait_for(lambda: self.get("/readyz"))
        self.ready_s = time.monotonic() - start

    def wait_for(self, ask, patience_s=120):
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            if self.process.poll() is not None:
                fail("penstockd did not start", (FOLDER / "daemon.log").read_text()[-3000:])
            try:
                answer = ask()
                if answer:
                    return answer
            except (OSError, ValueError, http.client.HTTPException):
                pass
            time.sleep(0.001)
        fail("penstockd does not answer", (FOLDER / "daemon.log").read_text()[-3000:])

    def ask(self, method, path, body=None):
        self.connection.request(method, path, body=body, headers={"Content-Type": "application/json"} if body else {})
        response = self.connection.getresponse()
        text = response.read()
        if response.status >= 400:
            raise ValueError(f"{method} {path}: {response.status} {text[:500]}")
        return json.loads(text)

    def get(self, path):
        return self.ask("GET", path)

    def times(self, paths):
        times = []
        for path in paths:
            start = time.monotonic()
            self.get(path)
            times.append(1e3 * (time.monotonic() - start))
        times.sort()
        return times[len(times) // 2], times[int(len(times) * 0.99) - 1]

    def resident_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait()
        self.log.close()


def measure_daemon(table):
    runs = 6000 if QUICK else 100000
    pipelines = 300 if QUICK else 10000
    empty = FOLDER / "empty"
    empty.mkdir()
    (empty / "penstock.yaml").write_text("project: empty\nconnections: { local: { type: duckdb, path: empty.duckdb } }\nenvironments: { duckdb: local }\n")
    starts = []
    for _ in range(5):
        daemon = Daemon(empty)
        starts.append(daemon.ready_s)
        idle_mb = daemon.resident_mb()
        daemon.stop()
    table.add("penstockd ready, empty", statistics.median(starts), "s", "< 0.2 s")
    table.add("penstockd memory, idle", idle_mb, "MB", "< 30 MB")

    steps = generate("penstock", pipelines)
    (steps / ".penstock").mkdir()
    subprocess.run([BIN / "bench_store", "fill", steps / ".penstock" / "store.db", str(runs)], check=True)
    daemon = Daemon(steps)
    label = f"{pipelines:,} steps"
    table.add(f"penstockd ready, {label} and {runs:,} runs", daemon.ready_s, "s")
    table.add(f"penstockd memory, {label} and {runs:,} runs, idle", daemon.resident_mb(), "MB", "< 100 MB" if pipelines == 10000 else "")
    at_random = random.Random(1)
    for what, paths in {
        "newest runs": ["/api/v1/runs?limit=50"] * HTTP_REPEATS,
        "failed runs of a pipeline": ["/api/v1/runs?limit=50&pipeline=block_0001&state=failed"] * HTTP_REPEATS,
        "one run with its steps": [f"/api/v1/runs/r-{at_random.randrange(runs):09d}" for _ in range(HTTP_REPEATS)],
        "pipelines": ["/api/v1/pipelines?limit=50"] * HTTP_REPEATS,
    }.items():
        p50, p99 = daemon.times(paths)
        table.add(f"API with {runs:,} runs, {what}: p50", p50, "ms")
        table.add(f"API with {runs:,} runs, {what}: p99", p99, "ms", "< 20 ms")
    columns = ["id", "customer_id", "placed_on", "region", "status", "amount", "cost", "quantity", "score", "updated_at"]
    names = [f"m{number // 20:04d}_{number % 20:02d}" for number in (at_random.randrange(pipelines) for _ in range(HTTP_REPEATS))]
    p50, p99 = daemon.times([f"/api/v1/lineage/columns?node=step:block_{name[1:5]}.{name}&column={at_random.choice(columns)}&direction=upstream"
                             for name in names])
    table.add(f"API, what a column of {label} is made from: p50", p50, "ms")
    table.add(f"API, what a column of {label} is made from: p99", p99, "ms", "< 20 ms")
    daemon.stop()

    many = generate("penstock", pipelines, 1)
    shutil.copytree(steps / ".penstock", many / ".penstock")
    daemon = Daemon(many)
    table.add(f"penstockd ready, {pipelines:,} pipelines and {runs:,} runs", daemon.ready_s, "s", "< 1 s")
    daemon.stop()


def measure_adoption(table):
    project = FOLDER / "adoption"
    (project / "pipelines").mkdir(parents=True)
    (project / "penstock.yaml").write_text(
        "project: adoption\nconnections: { server: { type: postgres, url: \"env:PENSTOCK_BENCH_POSTGRES\", schema: public } }\n"
        "environments: { postgres: server }\n")
    (project / "pipelines" / "slow.yaml").write_text(
        "pipeline: slow\nsteps:\n  - name: slow_step\n    native_sql: select 1 as one from pg_sleep(5)\n    columns: { one: int32 }\n")
    daemon = Daemon(project, "postgres")
    run = daemon.ask("POST", "/api/v1/pipelines/slow/runs", "{}")["id"]
    is_running = "select 1 / count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(5)%' and pid <> pg_backend_pid()"
    daemon.wait_for(lambda: subprocess.run(["psql", "-qc", is_running], capture_output=True).returncode == 0)
    daemon.stop(signal.SIGKILL)
    daemon = Daemon(project, "postgres")
    run_state = lambda: daemon.get(f"/api/v1/runs/{run}")["run"]["state"]
    if run_state() != "running":
        fail(f"the run is {run_state()} after the kill, and should be running")
    table.add("penstockd ready after SIGKILL, a statement still running", daemon.ready_s, "s", "< 2 s")
    daemon.wait_for(lambda: run_state() != "running", 30)
    if run_state() != "succeeded":
        fail(f"the adopted run is {run_state()}")
    daemon.stop()


def measure_version(table):
    runs = [timed([BIN / "penstock", "version"]) for _ in range(21)]
    peer = DBT and timed([sys.executable, "-c", "import dbt.cli.main"], env=dict(os.environ, PYTHONPATH=DBT))
    table.add("penstock version", 1e3 * median(runs, "wall"), "ms", "< 15 ms", 1e3 * peer["wall"] if DBT else None, "dbt's imports")


def main():
    table = Table()
    started = time.monotonic()
    for measure in (measure_version, measure_compile, measure_steps, measure_store, measure_daemon, measure_adoption):
        measure(table)
    table.print()
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    load = os.getloadavg()[0]
    print(f"\n{os.cpu_count()} processors ({cpu[1] if cpu else 'unknown'}), load {load:.1f} at the end; {(time.monotonic() - started) / 60:.0f} minutes"
          f"{', --quick' if QUICK else ''}; ratio: the peer's figure over Penstock's")
    (ROOT / "build" / "bench.json").write_text(json.dumps({"quick": QUICK, "processors": os.cpu_count(), "load": load, "results": table.rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
