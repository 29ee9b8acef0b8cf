"""Runs every write mode over a network that resets, cuts, stalls and delivers late, at a random byte of either direction, and compares what
Penstock says of the run with what the table holds: nothing is lost, nothing doubled, nothing failed that was published.

    network_test.py PENSTOCK [--faults N] [--seed N] [--engine postgres|trino]

PENSTOCK_TEST_POSTGRES and PENSTOCK_TEST_TRINO name the servers; an engine that is missing is a failure. The same seed makes the same faults.
--faults, or PENSTOCK_TEST_NETWORK_FAULTS, is how many each engine gets.
"""
import argparse
import collections
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

import engines
from proxy import KINDS, Fault, Proxy

PATIENCE_S = 120
ROWS = 200
SCHEMA = f"network_{os.getpid()}"  # As engines.py calls it.
PUBLISH = {
    "view": "view",
    "whole": "table",
    "log": "append",
    "merged": "{ as: merge, key: k }",
    "replaced": "{ as: delete_insert, key: k }",
    "history": "{ as: scd2, key: k, effective_at: at }",
}


class Postgres(engines.Postgres):
    faults = 150

    def __init__(self):
        super().__init__("network")
        self.proxy = Proxy(*self.address)

    def arrivals(self):
        return f"select cast(k as bigint) as k, cast(k % 7 as bigint) as v, timestamp '2026-01-02 00:00:00' as at from generate_series(1, {ROWS}) as t(k)"


class Trino(engines.Trino):
    faults = 18

    def __init__(self):
        super().__init__("network")
        self.proxy = Proxy(*self.address)

    def arrivals(self):
        return f"select cast(k as bigint) as k, cast(k % 7 as bigint) as v, timestamp '2026-01-02 00:00:00' as at from unnest(sequence(1, {ROWS})) as t(k)"


class Site:
    """A project with a pipeline for each write mode, whose connection goes through the proxy."""

    def __init__(self, penstock, engine):
        self.penstock, self.engine = os.path.abspath(penstock), engine
        self.root = pathlib.Path(tempfile.mkdtemp(prefix=f"penstock-network-{engine.name}-"))
        self.environment = {**os.environ, **engine.secrets, "NO_COLOR": "1"}
        (self.root / "penstock.yaml").write_text(
            f"project: network\nconnections:\n  there: {engine.connection(engine.proxy.port)}\nenvironments:\n  test: {{ target: there }}\n")
        (self.root / "pipelines").mkdir()
        for mode, publish in PUBLISH.items():
            (self.root / "pipelines" / f"{mode}.yaml").write_text(
                f"pipeline: {mode}\nschedule: {{ cron: \"0 0 * * *\", timezone: UTC }}\n"
                f"sources: {{ arrivals: {{ table: {SCHEMA}.arrivals, columns: {{ k: int64, v: int64, at: timestamp }} }} }}\nsteps:\n"
                f"  - name: {mode}\n    sql: select k, v, at from arrivals\n    publish: {publish}\n"
                f"    retry: {{ attempts: 6, first_delay: 20ms, longest_delay: 200ms }}\n")
        engine.sql(f"create schema if not exists {SCHEMA}", f"create table {SCHEMA}.arrivals as {engine.arrivals()}")
        self.before, self.after, self.size = {}, {}, {}

    def call(self, *words):
        done = subprocess.run([self.penstock, "-C", self.root, *words, "-q"], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=PATIENCE_S, check=False)
        return done.returncode, done.stdout + done.stderr

    def newest_run(self):
        connection = sqlite3.connect(f"file:{self.root}/.penstock/store.db?mode=ro", uri=True)
        try:
            return connection.execute("select id, state from run order by number desc limit 1").fetchone()
        finally:
            connection.close()

    def rows(self, table):
        return sorted(self.engine.sql(f"select * from {SCHEMA}.{table}"))

    def tables(self):
        return self.engine.tables()

    def own_tables(self, mode):
        """What the mode writes: its table, and what remembers beside it."""
        return [name for name in self.tables() if name == mode or (mode == "history" and name.startswith("penstock_seen"))]

    def learn(self, mode):
        """How the mode's table stands before and after a run over a network that works, and how many bytes that takes."""
        engine = self.engine
        if mode == "view":
            engine.sql(f"create view {SCHEMA}.view as select k, v, at from {SCHEMA}.arrivals where k > 5")
            self.copies = {}
        else:
            self.must_succeed("run", mode)
            engine.sql(f"update {SCHEMA}.{mode} set v = v + 100 where k <= 3")
            self.copies = {name: f"copy_of_{name}" for name in self.own_tables(mode)}
            engine.sql(*(f"create table {SCHEMA}.{copy} as select * from {SCHEMA}.{name}" for name, copy in self.copies.items()))
        self.before[mode] = self.rows(mode)
        engine.proxy.arm(None)
        self.must_succeed("run", mode)
        self.size[mode] = dict(engine.proxy.bytes)
        self.after[mode] = self.rows(mode)

    def reset(self, mode):
        if mode == "view":
            self.engine.sql(f"create or replace view {SCHEMA}.view as select k, v, at from {SCHEMA}.arrivals where k > 5")
        for name, copy in self.copies.items():
            self.engine.sql(f"drop table if exists {SCHEMA}.{name}", f"create table {SCHEMA}.{name} as select * from {SCHEMA}.{copy}")

    def must_succeed(self, *words):
        code, said = self.call(*words)
        assert code == 0, (words, code, said)

    def left_over(self):
        return [name for name in self.tables() if "staged" in name]

    def end(self):
        self.engine.sql(f"drop view {SCHEMA}.view")
        for name in self.tables():
            self.engine.sql(f"drop table {SCHEMA}.{name}")
        self.engine.sql(f"drop schema {SCHEMA}")


def random_fault(chance, size):
    kind = chance.choice(KINDS)
    upward = kind == "late" or chance.random() < 0.5
    shortest, longest = {"reset": (0, 0.1), "cut": (0, 0), "stall": (0.1, 0.6), "late": (0.2, 1.2)}[kind]
    return Fault(kind, upward, chance.randrange(size[upward]), chance.uniform(shortest, longest))


def try_engine(penstock, engine, faults, seed):
    site, failures, states = Site(penstock, engine), [], collections.Counter()
    for number, mode in enumerate(PUBLISH):
        site.learn(mode)
        for i in range(number, faults, len(PUBLISH)):
            fault = random_fault(random.Random(f"{seed} {engine.name} {i}"), site.size[mode])
            site.reset(mode)
            engine.proxy.arm(fault)
            try:
                code, said = site.call("run", mode)
            except subprocess.TimeoutExpired:
                code, said = -1, "it did not end"
            engine.proxy.arm(None)
            engine.proxy.settle()
            run, state = site.newest_run()
            rows = site.rows(mode)
            stands = "after" if rows == site.after[mode] else "before" if rows == site.before[mode] else f"neither: {len(rows)} rows"
            states[fault.kind, state] += 1
            wanted = {"succeeded": ("after",), "failed": ("before",), "unknown": ("before", "after")}.get(state, ())
            if stands not in wanted or (code == 0) != (state == "succeeded"):
                failures.append(f"{engine.name} {mode} {fault}: the run is {state} with exit code {code}, the table stands as {stands}\n{said}")
            elif state == "failed":
                site.must_succeed("retry", run)
                if site.rows(mode) != site.after[mode]:
                    failures.append(f"{engine.name} {mode} {fault}: a retry of the failed run left {len(site.rows(mode))} rows")
        site.reset(mode)
        site.must_succeed("run", mode)
    if site.left_over():
        failures.append(f"{engine.name}: working tables were left: {site.left_over()}")
    site.end()
    for (kind, state), count in sorted(states.items()):
        print(f"{engine.name:9} {kind:6} {state:10} {count}")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("penstock")
    parser.add_argument("--faults", type=int, default=int(os.environ.get("PENSTOCK_TEST_NETWORK_FAULTS", 0)), help="for each engine")
    parser.add_argument("--seed", type=int, default=20261130)
    parser.add_argument("--engine", choices=("postgres", "trino"))
    chosen = parser.parse_args()
    failures = []
    for kind in (Postgres, Trino):
        if chosen.engine in (None, kind.name):
            engine = kind()
            failures += try_engine(chosen.penstock, engine, chosen.faults or engine.faults, chosen.seed)
    print("\n".join(failures) or "nothing lost, nothing doubled, nothing failed that was published")
    sys.exit(1 if failures else 0)


main()
