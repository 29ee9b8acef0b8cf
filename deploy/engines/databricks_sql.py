"""Runs SQL on a Databricks SQL warehouse and prints the rows as tab-separated lines.

    databricks_sql.py SQL...    each SQL is one statement; DATABRICKS_HOST, DATABRICKS_TOKEN and DATABRICKS_WAREHOUSE say where
"""
import json
import os
import sys
import time
import urllib.error
import urllib.request


def request(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {os.environ['DATABRICKS_TOKEN']}", "Content-Type": "application/json"}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(os.environ["DATABRICKS_HOST"] + path, data=data, headers=headers), timeout=120) as answer:
        return json.load(answer)


def rows_of(sql):
    statement = request("/api/2.0/sql/statements", {"statement": sql, "warehouse_id": os.environ["DATABRICKS_WAREHOUSE"], "wait_timeout": "30s"})
    while statement["status"]["state"] in ("PENDING", "RUNNING"):
        time.sleep(0.5)
        statement = request(f"/api/2.0/sql/statements/{statement['statement_id']}")
    if statement["status"]["state"] != "SUCCEEDED":
        raise RuntimeError(statement["status"].get("error", {}).get("message", statement["status"]["state"]))
    chunk = statement.get("result", {})
    while True:
        yield from chunk.get("data_array", [])
        if "next_chunk_internal_link" not in chunk:
            return
        chunk = request(chunk["next_chunk_internal_link"])


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for sql in sys.argv[1:]:
        try:
            for row in rows_of(sql):
                print(*("" if value is None else value for value in row), sep="\t")
        except (OSError, RuntimeError) as problem:
            sys.exit(f"databricks: {problem}\n  in: {sql}")


if __name__ == "__main__":
    main()
