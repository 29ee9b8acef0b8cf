"""Answers requests with the verdict of the target's own parser, one JSON object per line each way. README.md holds the protocol."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))


class BigQueryChecker:
    """A Java process that is asked line by line."""

    def __init__(self, jars):
        # The toolkit replaces a class of the client, so it stands first.
        first = sorted(name for name in os.listdir(jars) if name.startswith("zetasql-toolkit-core"))
        class_path = os.pathsep.join([os.path.join(jars, name) for name in first] + [os.path.join(jars, "*")])
        java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
        self._log = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [java, "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", class_path,
             os.path.join(FOLDER, "BigQueryChecker.java")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, encoding="utf-8",
        )

    def check(self, request):
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            code = self._process.wait()
            self._log.seek(0)
            sys.exit(f"{self._log.read()[-4000:]}\nthe BigQuery checker has ended with {code}")
        return json.loads(answer)


def synapse_checker(packages):
    sys.path.insert(0, packages)
    from synapse import SynapseChecker

    return SynapseChecker(packages)


def snowflake_checker(packages):
    sys.path.insert(0, packages)
    from snowflake import SnowflakeChecker

    return SnowflakeChecker()


class Checkers:
    """The checker of each dialect, started when it is first asked for."""

    def __init__(self, folders):
        self._make = {
            "bigquery": lambda: BigQueryChecker(folders["bigquery"]),
            "snowflake": lambda: snowflake_checker(folders["snowflake"]),
            "synapse": lambda: synapse_checker(folders["synapse"]),
        }
        self._made = {}

    def check(self, request):
        dialect = request.get("dialect")
        if dialect not in self._make:
            return {"ok": False, "message": f"no checker for the dialect {dialect}; there are {', '.join(self._make)}"}
        if not isinstance(request.get("sql"), str):
            return {"ok": False, "message": "the request has no sql"}
        return self.of(dialect).check(request)

    def of(self, dialect):
        if dialect not in self._made:
            self._made[dialect] = self._make[dialect]()
        return self._made[dialect]


def self_test(checkers):
    """Holds every checker against statements that it must take and statements that it must refuse, at the place where they are wrong."""
    cases, failed = 0, 0
    with open(os.path.join(FOLDER, "self_test.jsonl"), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            case = json.loads(line)
            cases += 1
            answer = checkers.check(case)
            wrong = [key for key, value in case["expect"].items() if answer.get(key) != value]
            if wrong:
                failed += 1
                print(f"self_test.jsonl:{number}: {case['dialect']}: {case['sql']}\n  expected {case['expect']}\n  got      {answer}")
    print(f"{cases - failed} of {cases} statements judged as expected")
    faults = list(checkers.of("snowflake").self_test())
    for fault in faults:
        print(f"snowflake_denied.jsonl: {fault}")
    return failed == 0 and cases > 0 and not faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bigquery", required=True, help="folder with the jars")
    parser.add_argument("--synapse", required=True, help="folder with the Python packages")
    parser.add_argument("--snowflake", required=True, help="folder with the Python packages")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    checkers = Checkers({"bigquery": options.bigquery, "snowflake": options.snowflake, "synapse": options.synapse})
    if options.self_test:
        sys.exit(0 if self_test(checkers) else 1)
    for line in sys.stdin:
        print(json.dumps(checkers.check(json.loads(line)), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
