"""Runs a test in a database of its own, at the PostgreSQL server that PENSTOCK_TEST_POSTGRES names: what it counts there is its own.

    own_database.py COMMAND...

PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE name the database, too, as libpq and psql want it. Without the server the test runs as it is, and skips or fails by itself. The exit code is the test's.
"""
import os
import re
import subprocess
import sys


def main(command):
    server = os.environ.get("PENSTOCK_TEST_POSTGRES", "")
    if not server:
        return subprocess.run(command, check=False).returncode
    settings = dict(re.findall(r"(\w+)=(\S+)", server))
    variables = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    at_server = {**os.environ, **{variable: settings[key] for key, variable in variables.items()}}
    name = f"test_{os.getpid()}"

    def ask(sql):
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", sql], env=at_server, check=True)

    ask(f"create database {name}")
    try:
        own = {"PENSTOCK_TEST_POSTGRES": re.sub(r"\bdbname=\S+", f"dbname={name}", server), "PGDATABASE": name}
        return subprocess.run(command, env={**at_server, **own}, check=False).returncode
    finally:
        ask(f"drop database {name} with (force)")


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.exit(code if code >= 0 else 128 - code)
