"""Runs the flights example on DuckDB, PostgreSQL and Trino, and compares every table, value by value, with an independent computation.

    flights_test.py SOURCE_FOLDER PENSTOCK

The servers and files are those that tests/run names in its environment. A target whose variable is missing is a failure.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

MONTHS = ["--from", "2001-01", "--to", "2001-07"]
# Three million rows are compared by day and airport; every other table as it is.
SELECTS = {
    "flown": "select flown_on, origin, count(*), sum(delay), sum(distance), sum(departure_hour), min(departed_at), max(destination) "
             "from ops.flown group by flown_on, origin",
}


def value(text):
    if text in ("t", "True", "true"):
        return "true"
    if text in ("f", "False", "false"):
        return "false"
    if text == "None":
        return ""
    if re.fullmatch(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.0+)?", text):
        return text[:10] + " " + text[11:19]
    try:
        return f"{float(text):.10g}"
    except ValueError:
        return text


def table(output):
    return sorted(tuple(value(cell) for cell in line.split("\t")) for line in output.splitlines())


class Test:
    def __init__(self, source, penstock):
        self.source, self.penstock = source, penstock
        self.engines = os.path.join(source, "deploy", "engines")
        self.project = tempfile.mkdtemp(prefix="penstock-flights-")
        example = os.path.join(source, "pipelines", "examples", "flights")
        shutil.copy(os.path.join(example, "penstock.yaml"), self.project)
        shutil.copytree(os.path.join(example, "pipelines"), os.path.join(self.project, "pipelines"))
        self.load_script = os.path.join(example, "raw", "load")
        self.database = os.path.join(self.project, "flights.duckdb")
        self.environment = dict(os.environ)
        self.failures = []

    def run(self, *command):
        done = subprocess.run(command, cwd=self.project, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)[:200]} ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def duckdb(self, database, sql):
        return self.run(sys.executable, os.path.join(self.engines, "duckdb_sql.py"), os.environ["PENSTOCK_DUCKDB_LIBRARY"], database, sql)

    def expected(self):
        folder = os.environ["PENSTOCK_FLIGHTS"]
        airports = " union all ".join(
            f"select *, date '{day}' as published_on from read_csv('{folder}/{file}', header = true, columns = {{iata: 'varchar', name: 'varchar', "
            "city: 'varchar', state: 'varchar', country: 'varchar', latitude: 'double', longitude: 'double'})"
            for file, day in (("airports.csv", "2001-01-01"), ("airports-2.csv", "2001-04-01")))
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected.sql"), encoding="utf-8") as file:
            parts = re.split(r"^-- (\w+)\n", file.read(), flags=re.M)[1:]
        tables = {}
        for name, sql in zip(parts[::2], parts[1::2]):
            sql = sql.replace("{flights}", f"read_parquet('{folder}/flights-3m.parquet')").replace("{airports}", f"({airports})")
            tables[name] = table(self.duckdb(":memory:", sql))
        return tables

    def postgres(self):
        self.environment["FLIGHTS_POSTGRES"] = "postgresql://{PGUSER}:{PGPASSWORD}@{PGHOST}:{PGPORT}/{PGDATABASE}".format(**self.environment)

    def targets(self):
        yield "duckdb", ["duckdb", self.database], lambda sql: self.duckdb(self.database, sql)
        self.postgres()
        yield "postgres", ["postgres"], lambda sql: self.run("psql", "-qXAt", "-F", "\t", "-c", sql)
        self.environment["TRINO_URL"] = self.environment["FLIGHTS_TRINO"] = os.environ["PENSTOCK_TEST_TRINO"]
        self.environment["TRINO_LANDING"] = os.environ["PENSTOCK_TEST_TRINO_LANDING"]
        trino = os.path.join(self.engines, "trino_sql.py")
        yield "trino", ["trino"], lambda sql: self.run(sys.executable, trino, os.environ["PENSTOCK_TEST_TRINO"], sql)

    def compare(self, target, name, found, wanted):
        if found == wanted:
            print(f"{target}: {name}: {len(found)} rows as expected", flush=True)
            return
        missing, surplus = sorted(set(wanted) - set(found))[:3], sorted(set(found) - set(wanted))[:3]
        self.failures.append(f"{target}: {name}: {len(found)} rows, expected {len(wanted)}\n  missing {missing}\n  surplus {surplus}")

    def all(self):
        wanted = self.expected()
        for target, load, query in self.targets():
            self.run("bash", self.load_script, *load)
            for pipeline in ("airports", "traffic"):
                self.run(self.penstock, "backfill", pipeline, *MONTHS, "--env", target)
            self.run(self.penstock, "run", "reports", "--env", target)
            # A month that is run again replaces what it wrote and nothing else; month_log is append-only and so left out.
            self.run(self.penstock, "run", "traffic", "--from", "2001-03", "--to", "2001-04", "--env", target,
                     "--step", "flown", "--step", "daily_traffic", "--step", "routes")
            for name, rows in wanted.items():
                self.compare(target, name, table(query(SELECTS.get(name, f"select * from ops.{name}"))), rows)
        shutil.rmtree(self.project)
        if self.failures:
            sys.exit("\n".join(self.failures))


if __name__ == "__main__":
    Test(sys.argv[1], sys.argv[2]).all()
