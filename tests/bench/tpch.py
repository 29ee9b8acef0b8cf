"""TPC-H's data and texts by DuckDB's generator:

    tpch.py data SCALE       writes TABLE.parquet for each table into the current folder, and queries.json
"""

import json
import pathlib
import sys

import duckdb
import duckdb_extension_tpch

TABLES = ["region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem"]

# The generator's texts as every engine here and the portable language take them: Trino groups by no alias, and a step's columns have names.
EDITS = {
    15: [("GROUP BY\n        supplier_no", "GROUP BY\n        l_suppkey")],
    18: [("    sum(l_quantity)\nFROM\n    customer", "    sum(l_quantity) AS sum_qty\nFROM\n    customer")],
}


def extension():
    return next(pathlib.Path(duckdb_extension_tpch.__file__).parent.rglob("tpch.duckdb_extension"))


def texts(connection):
    queries = {}
    for number, text in connection.execute("select query_nr, query from tpch_queries() order by query_nr").fetchall():
        for old, new in EDITS.get(number, []):
            if old not in text:
                sys.exit(f"tpch: the text of query {number} is not the one that is known")
            text = text.replace(old, new)
        queries[number] = text.strip().rstrip(";")
    return queries


def main(scale):
    connection = duckdb.connect()
    connection.execute(f"load '{extension()}'")
    connection.execute(f"call dbgen(sf = {float(scale)})")
    for table in TABLES:
        connection.execute(f"copy {table} to '{table}.parquet' (format parquet)")
    pathlib.Path("queries.json").write_text(json.dumps(texts(connection)))


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "data":
        sys.exit(__doc__)
    main(sys.argv[2])
