#!/usr/bin/env python3
"""What compiled SQL costs beside the same query written by hand: TPC-H on DuckDB, PostgreSQL, Trino and Spark. Started by `run pushdown`.

    pushdown.py FOLDER [--repeats N] [--queries 1,15] [ENGINE[=SCALE]...]
    pushdown.py FOLDER --scales [ENGINE[=SCALE]...]      prints the scales that this needs

PENSTOCK_BENCH_TPCH is a folder with sf-SCALE/ from tpch.py, PENSTOCK_BENCH_COMPILER the program; PG* and TRINO_* name the servers.
"""

import argparse
import csv
import decimal
import io
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "deploy" / "engines"))
import trino_sql  # noqa: E402

COMPILER = os.environ.get("PENSTOCK_BENCH_COMPILER", str(HERE.parent.parent / "build" / "dev" / "bin" / "penstock"))
DIALECTS = ["duckdb", "postgres", "trino", "bigquery", "databricks", "snowflake", "synapse"]
GOAL_IN_ALL, GOAL_ONE = 1.03, 1.1
INDEXES = {"lineitem": ["l_orderkey, l_linenumber", "l_partkey, l_suppkey", "l_suppkey"], "orders": ["o_orderkey", "o_custkey"],
           "partsupp": ["ps_partkey, ps_suppkey", "ps_suppkey"], "customer": ["c_custkey"], "part": ["p_partkey"],
           "supplier": ["s_suppkey"], "nation": ["n_nationkey"], "region": ["r_regionkey"]}


def fail(what):
    sys.exit(f"pushdown: {what}")


class Tables:
    """The columns of TPC-H's tables: [(name, type of DuckDB)] by table."""

    def __init__(self, folder):
        import duckdb

        self.folder = folder
        self.columns = {}
        for file in sorted(folder.glob("*.parquet")):
            rows = duckdb.execute(f"describe select * from '{file}'").fetchall()
            self.columns[file.stem] = [(row[0], row[1].lower()) for row in rows]

    def definition(self, table, types):
        return ", ".join(f"{name} {types.get(kind, kind)} not null" for name, kind in self.columns[table])


class DuckDb:
    name, scale = "duckdb", "1"

    def __init__(self, folder, tables):
        import duckdb

        self.connection = duckdb.connect(str(folder / "bench.duckdb"))
        self.connection.execute("create schema tpch")
        for table in tables.columns:
            self.connection.execute(f"create table tpch.{table} ({tables.definition(table, {})})")
            self.connection.execute(f"insert into tpch.{table} from '{tables.folder / table}.parquet'")
        self.connection.execute("set schema = 'tpch'")

    def rows(self, sql):
        return [[show(value) for value in row] for row in self.connection.execute(sql).fetchall()]

    def times(self, statements):
        return [clock(lambda: self.connection.execute(sql).fetchall()) for sql in statements]


class Postgres:
    name, scale = "postgres", "0.2"

    def __init__(self, folder, tables):
        import duckdb

        self.psql("drop schema if exists tpch cascade; create schema tpch;")
        for table in tables.columns:
            file = folder / f"{table}.csv"
            duckdb.execute(f"copy (from '{tables.folder / table}.parquet') to '{file}' (format csv, header false)")
            self.psql(f"create table tpch.{table} ({tables.definition(table, {'varchar': 'text'})});\n\\copy tpch.{table} from '{file}' csv\n")
            file.unlink()
            for columns in INDEXES[table]:
                self.psql(f"create index on tpch.{table} ({columns});")
        self.psql("vacuum analyze;")

    @staticmethod
    def psql(script, *options):
        answer = subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", *options], input="set search_path = tpch;\n" + script,
                                capture_output=True, text=True)
        if answer.returncode != 0:
            raise ValueError(answer.stderr.strip()[-2000:])
        return answer.stdout

    def rows(self, sql):
        return [[show(value) for value in row] for row in csv.reader(io.StringIO(self.psql(sql + ";", "--csv", "-t")))]

    def times(self, statements):
        script = "\\timing on\n\\o /dev/null\n" + "".join(sql + ";\n" for sql in statements)
        lines = [line.split() for line in self.psql(script).splitlines() if line.startswith("Time: ")]
        return [float(line[1]) / 1e3 for line in lines]


class Trino:
    name, scale = "trino", "0.1"

    def __init__(self, _folder, tables):
        self.server = os.environ["TRINO_URL"].rstrip("/")
        landing = pathlib.Path(os.environ["TRINO_LANDING"]) / "tpch"
        self.ask("create schema if not exists lake.tpch")
        for table in tables.columns:
            folder = landing / table
            folder.mkdir(parents=True, exist_ok=True)
            os.chmod(folder, 0o777)
            (folder / "rows.parquet").write_bytes((tables.folder / f"{table}.parquet").read_bytes())
            self.ask(f"drop table if exists lake.tpch.{table}")
            self.ask(f"drop table if exists lake.tpch.{table}_file")
            columns = tables.definition(table, {"varchar": "varchar"})
            self.ask(f"create table lake.tpch.{table}_file ({columns.replace(' not null', '')})")
            self.ask(f"alter table lake.tpch.{table}_file execute add_files(location => 'local:///landing/tpch/{table}', format => 'PARQUET')")
            self.ask(f"create table lake.tpch.{table} ({columns})")
            self.ask(f"insert into lake.tpch.{table} select * from lake.tpch.{table}_file")
            self.ask(f"analyze lake.tpch.{table}")

    def ask(self, sql):
        try:
            return list(trino_sql.rows_of(self.server, sql, "tpch"))
        except trino_sql.Refused as refused:
            raise ValueError(str(refused)) from None

    def rows(self, sql):
        return [[show(value) for value in row] for row in self.ask(sql)]

    def times(self, statements):
        return [clock(lambda: self.ask(sql)) for sql in statements]


class Spark:
    """Databricks' SQL on Spark with Delta."""

    name, scale = "databricks", "0.1"

    def __init__(self, _folder, tables):
        engines = HERE.parent.parent / "deploy" / "engines"
        self.process = subprocess.Popen([engines / "spark", "sql"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for setting in ("spark.sql.codegen.wholeStage = true", "spark.sql.codegen.factoryMode = FALLBACK"):
            self.ask(f"set {setting}")
        self.ask("create schema tpch")
        for table in tables.columns:
            self.ask(f"create table tpch.{table} as select * from parquet.`{tables.folder / table}.parquet`")
        self.ask("use tpch")

    def ask(self, sql):
        self.process.stdin.write(json.dumps({"sql": sql}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"ok": false, "message": "Spark has ended"}')
        if not answer["ok"]:
            raise ValueError(answer["message"])
        return answer["rows"]

    def rows(self, sql):
        return [[show(value) for value in row] for row in self.ask(sql)]

    def times(self, statements):
        return [clock(lambda: self.ask(sql)) for sql in statements]


ENGINES = {engine.name: engine for engine in (DuckDb, Postgres, Trino, Spark)}


def clock(work):
    start = time.monotonic()
    work()
    return time.monotonic() - start


def show(value):
    return "" if value is None else str(value)


def number(text):
    try:
        return decimal.Decimal(text)
    except decimal.InvalidOperation:
        return None


def digits(value):
    return max(0, -value.normalize().as_tuple().exponent)


def same_value(one, other):
    """'' where they are equal, 'digits' where they differ in how many digits they have, 'no' otherwise."""
    if one == other:
        return ""
    a, b = number(one), number(other)
    if a is None or b is None or not a.is_finite() or not b.is_finite():
        return "no"
    if a == b:
        return ""
    unit = decimal.Decimal(1).scaleb(-min(digits(a), digits(b)))
    return "digits" if abs(a - b) <= unit or abs(a - b) <= abs(a) * decimal.Decimal("1e-9") else "no"


def same_rows(one, other):
    def compare(left, right):
        if len(left) != len(right) or any(len(a) != len(b) for a, b in zip(left, right)):
            return "no"
        verdicts = {same_value(a, b) for row, others in zip(left, right) for a, b in zip(row, others)}
        return "no" if "no" in verdicts else "digits" if "digits" in verdicts else ""

    verdict = compare(one, other)
    return compare(sorted(one), sorted(other)) if verdict == "no" else verdict


def write_project(folder, tables, queries):
    (folder / "pipelines").mkdir(parents=True)
    (folder / "penstock.yaml").write_text(
        "project: tpch\nconnections: { target: { type: duckdb, path: tpch.duckdb, schema: marts } }\nenvironments: { all: { target: target } }\n")
    lines = ["pipeline: tpch", "sources:"]
    for table, columns in tables.columns.items():
        types = {"bigint": "int64", "integer": "int32", "varchar": "text"}
        kinds = ", ".join(f'{name}: "{types.get(kind, kind)} not null"' for name, kind in columns)
        lines.append(f"  {table}: {{ table: tpch.{table}, columns: {{ {kinds} }} }}")
    lines.append("steps:")
    for query, text in queries.items():
        lines += [f"  - name: q{query:02d}", "    sql: |", *("      " + line for line in text.splitlines()), "    publish: view"]
    (folder / "pipelines" / "tpch.yaml").write_text("\n".join(lines) + "\n")


def compiled(project, query, dialect):
    """The step's SELECT, or what keeps it from being said."""
    answer = subprocess.run([COMPILER, "compile", "-C", str(project), f"tpch.q{query:02d}", "--dialect", dialect, "-o", "json"],
                            capture_output=True, text=True)
    if answer.returncode != 0:
        return None, (answer.stderr or answer.stdout).strip().splitlines()[0]
    return json.loads(answer.stdout)[0]["sql"], ""


def tables_read_again(tables, hand, sql):
    """The tables that a compiled text reads more often than the text that it comes from."""
    uses = lambda text, name: len(re.findall(rf"(?:from|join|,)\s+{name}\b(?!\.)", text, re.IGNORECASE))
    return [table for table in tables.columns if uses(re.sub(r'["`\[\]]|(?i:tpch\.)', "", re.sub(r'["`\]] as ["`\[]\w+["`\]]', " ", sql)), table) > uses(hand, table)]


def measure(engine, query, hand, sql, repeats, answers):
    """One line of the table; the rows of the compiled text go to `answers`."""
    try:
        answers[engine.name, query] = engine.rows(sql)
        verdict = same_rows(engine.rows(hand), answers[engine.name, query])
        pairs = [(hand, sql) if turn % 2 == 0 else (sql, hand) for turn in range(repeats)]
        times = engine.times([statement for pair in pairs for statement in pair])
    except ValueError as refused:
        return {"engine": engine.name, "query": query, "error": str(refused)}
    by_hand = [times[2 * turn + turn % 2] for turn in range(repeats)]
    by_us = [times[2 * turn + 1 - turn % 2] for turn in range(repeats)]
    return {"engine": engine.name, "query": query, "rows": verdict, "hand_s": statistics.median(by_hand), "compiled_s": statistics.median(by_us)}


def print_table(names, queries, lines):
    """Milliseconds by hand, as compiled, and the ratio, for each engine side by side."""
    by_place = {(line["engine"], line["query"]): line for line in lines}
    marks = {"": " ", "digits": "~", "no": "!"}
    print("query" + "".join(f"  {name + ' hand':>14} {'compiled':>9} {'ratio':>6} " for name in names))
    for query in queries:
        cells = []
        for name in names:
            line = by_place[name, query]
            if "error" in line:
                cells.append(f"  {'-':>14} {'-':>9} {'-':>6}!")
            else:
                cells.append(f"  {line['hand_s'] * 1e3:>11,.1f} ms {line['compiled_s'] * 1e3:>9,.1f} {line['compiled_s'] / line['hand_s']:>6.2f}{marks[line['rows']]}")
        print(f"q{query:02d}  " + "".join(cells))
    cells = []
    for name in names:
        good = [line for line in lines if line["engine"] == name and "error" not in line]
        hand, ours = sum(line["hand_s"] for line in good), sum(line["compiled_s"] for line in good)
        cells.append(f"  {hand * 1e3:>11,.1f} ms {ours * 1e3:>9,.1f} {ours / hand if hand else 0:>6.2f} ")
    print("all  " + "".join(cells))
    print("~ rows equal but for digits behind the point; ! other rows, or refused")
    for line in lines:
        if line.get("error"):
            print(f"! {line['engine']} q{line['query']:02d}: {line['error'][:300]}")
        elif line["rows"] == "no":
            print(f"! {line['engine']} q{line['query']:02d}: the rows differ")


def print_goals(names, lines):
    for name in names:
        good = [line for line in lines if line["engine"] == name and "error" not in line]
        ratios = {line["query"]: line["compiled_s"] / line["hand_s"] for line in good}
        slow = ", ".join(f"q{query:02d} {ratio:.2f}" for query, ratio in ratios.items() if ratio > GOAL_ONE)
        in_all = sum(line["compiled_s"] for line in good) / max(1e-9, sum(line["hand_s"] for line in good))
        print(f"{name}: {in_all:.3f} in all (goal: < {GOAL_IN_ALL}); over {GOAL_ONE}: {slow or 'none'}")


def print_others(chosen, queries, answers):
    """Whether engines with the same data have the same rows."""
    for place, name in enumerate(chosen):
        for other in list(chosen)[:place]:
            if chosen[name] != chosen[other]:
                continue
            both = [query for query in queries if (name, query) in answers and (other, query) in answers]
            verdicts = {query: same_rows(answers[other, query], answers[name, query]) for query in both}
            unequal = ", ".join(f"q{query:02d}" for query in both if verdicts[query] == "no")
            print(f"{name}: the rows of {other} in {sum(verdict != 'no' for verdict in verdicts.values())} of {len(queries)}"
                  + (f"; other rows: {unequal}" if unequal else ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--queries", default="")
    parser.add_argument("--scales", action="store_true")
    parser.add_argument("engines", nargs="*")
    options = parser.parse_intermixed_args()
    chosen = {}
    for word in options.engines or list(ENGINES):
        name, _, scale = word.partition("=")
        if name not in ENGINES:
            fail(f"there is no engine {name}: {', '.join(ENGINES)}")
        chosen[name] = scale or ENGINES[name].scale
    if options.scales:
        print(*sorted(set(chosen.values())))
        return
    data = pathlib.Path(os.environ["PENSTOCK_BENCH_TPCH"])
    some = data / f"sf-{next(iter(chosen.values()))}"
    queries = {int(number): text for number, text in json.loads((some / "queries.json").read_text()).items()}
    if options.queries:
        queries = {number: queries[number] for number in map(int, options.queries.split(","))}
    project = options.folder / "project"
    columns = Tables(some)
    write_project(project, columns, queries)
    texts = {(query, dialect): compiled(project, query, dialect) for query in queries for dialect in DIALECTS}

    lines, answers = [], {}
    for name, scale in chosen.items():
        engine = ENGINES[name](options.folder, Tables(data / f"sf-{scale}"))
        print(f"{name} at scale {scale} ", end="", file=sys.stderr, flush=True)
        for query, hand in queries.items():
            sql, refusal = texts[query, name]
            lines.append(measure(engine, query, hand, sql, options.repeats, answers) if sql else {"engine": name, "query": query, "error": refusal})
            print(".", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    print_table(list(chosen), queries, lines)
    print("scale: " + ", ".join(f"{name} {scale}" for name, scale in chosen.items()) + f"; medians of {options.repeats} alternating repeats")
    for dialect in DIALECTS:
        refused = [f"q{query:02d}" for query in queries if texts[query, dialect][0] is None]
        again = [f"q{query:02d}" for query in queries if texts[query, dialect][0] and tables_read_again(columns, queries[query], texts[query, dialect][0])]
        print(f"{dialect}: {len(queries) - len(refused)} of {len(queries)} compile" + (f"; refused: {', '.join(refused)}" if refused else "")
              + (f"; read a table more often than written: {', '.join(again)}" if again else ""))
    print_others(chosen, queries, answers)
    print_goals(list(chosen), lines)
    (options.folder / "pushdown.json").write_text(json.dumps({"scale": chosen, "repeats": options.repeats, "lines": lines}, indent=1))


if __name__ == "__main__":
    main()
