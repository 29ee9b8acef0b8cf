"""Runs SQL on a Trino server and prints the rows as tab-separated lines; or waits until a cluster can work.

    trino_sql.py URL SQL...                                                     each SQL is one statement
    trino_sql.py --wait-for-workers N --wait-s SECONDS [--pids FILE...] -- URL  every FILE holds the id of a process that must live;
                                                                                with 0 workers the coordinator has to run, and is asked nothing
"""
import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request


class Refused(Exception):
    """The server took the statement and said no."""


def request(url, body=None, timeout_s=30, schema=None):
    headers = {"X-Trino-User": "penstock", "X-Trino-Source": "setup", "X-Trino-Catalog": "lake"}
    if schema:
        headers["X-Trino-Schema"] = schema
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    data = body.encode() if body is not None else None
    with opener.open(urllib.request.Request(url, data=data, headers=headers), timeout=timeout_s) as answer:
        return json.load(answer)


def rows_of(server, sql, schema=None):
    page = request(f"{server}/v1/statement", sql, schema=schema)
    while True:
        if "error" in page:
            raise Refused(page["error"]["message"])
        yield from page.get("data", [])
        if "nextUri" not in page:
            return
        page = request(page["nextUri"])


def alive(pid_file):
    try:
        with open(pid_file, encoding="ascii") as file:
            os.kill(int(file.read()), 0)
        return True
    except (OSError, ValueError):
        return False


def wait(server, workers, wait_s, pid_files):
    deadline = time.monotonic() + wait_s
    asked = "nothing"
    while time.monotonic() < deadline:
        dead = [file for file in pid_files if not alive(file)]
        if dead:
            sys.exit(f"trino: a node has stopped: {os.path.dirname(dead[0])}")
        try:
            if request(f"{server}/v1/info", timeout_s=5)["starting"]:
                asked = "the coordinator is starting"
            elif workers == 0:
                return
            else:
                count = next(rows_of(server, "select count(*) from system.runtime.nodes where not coordinator and state = 'active'"))[0]
                if count >= workers:
                    return
                asked = f"{count} of {workers} workers are active"
        except (OSError, ValueError, Refused, StopIteration) as problem:
            asked = str(problem)
        time.sleep(0.2)
    sys.exit(f"trino: not ready after {wait_s} s: {asked}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wait-for-workers", type=int)
    parser.add_argument("--wait-s", type=int, default=300)
    parser.add_argument("--pids", nargs="*", default=[])
    parser.add_argument("url")
    parser.add_argument("sql", nargs="*")
    options = parser.parse_args()
    server = options.url.rstrip("/")
    if options.wait_for_workers is not None:
        wait(server, options.wait_for_workers, options.wait_s, options.pids)
    for sql in options.sql:
        try:
            for row in rows_of(server, sql):
                print(*("" if value is None else value for value in row), sep="\t")
        except (OSError, Refused) as problem:
            sys.exit(f"trino: {problem}\n  in: {sql}")


if __name__ == "__main__":
    main()
