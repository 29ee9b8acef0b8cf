"""Runs every command with -o json and -o ndjson on a small project and holds what it prints against schemas/cli.

    shapes_test.py SOURCE_FOLDER PENSTOCK

A shape without a schema fails, a schema that nothing was held against fails, and so does a property that no schema names: the schemas
leave room for what later versions add, this test does not.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
import transcript
from transcripts_test import commands_of

# The command line; the shape; the exit code. {run} and {failed} are ids of earlier runs.
CASES = [
    ("init new", "init", 0), ("init new", "error", 3),
    ("validate", "validate", 0), ("-C faulty validate", "validate", 2), ("validate --dialect trino", "validate", 0),
    ("-C elsewhere validate --dialect postgres,synapse", "validate", 2), ("-C elsewhere compile --dialect synapse", "validate", 2),
    ("compile", "compile", 0), ("compile shop.paid --units", "compile", 0), ("compile nope", "error", 2), ("-C faulty compile", "error", 2),
    ("status", "status", 0), ("status shop", "status", 0), ("plan", "plan", 0), ("plan --detailed-exitcode", "plan", 6), ("plan nope", "error", 2),
    ("-C faulty plan", "plan", 2),
    ("sources pull", "sources-pull", 0), ("sources list", "sources-list", 0), ("-C broken sources pull", "sources-pull", 2),
    ("run shop", "run", 0), ("run flaky", "run", 1), ("run nope", "error", 2), ("run shop --detach", "error", 3), ("-C faulty run", "error", 2),
    ("status", "status", 0), ("status shop", "status", 0), ("status {run}", "status", 0), ("status {failed}", "status", 0),
    ("logs {run}", "logs", 0), ("logs {failed} --sql", "logs", 0), ("logs nope", "error", 2),
    ("retry {failed}", "retry", 1), ("retry {run}", "retry", 0), ("cancel {run}", "error", 3),
    ("backfill shop --from 2026-01-01 --to 2026-01-03 --dry-run", "backfill", 0),
    ("backfill shop --from 2026-01-01 --to 2026-01-03", "backfill", 0), ("backfill shop --from 2026-01-01 --to x", "error", 2),
    ("schedule next shop -n 2", "schedule-next", 0), ("schedule explain shop", "schedule-explain", 0), ("schedule next nope", "error", 2),
    ("lineage paid", "lineage", 0), ("lineage paid.amount", "lineage", 0), ("lineage paid *", "lineage", 0), ("lineage nope", "error", 2),
    ("-C faulty lineage total", "lineage", 2), ("-C faulty lineage total.total", "lineage", 2),
    ("components", "components", 0), ("components join", "components", 0), ("components --functions", "components", 0), ("components jion", "error", 2),
    ("explain", "explain", 0), ("explain PEN1006", "explain", 0), ("explain trino:SYNTAX_ERROR", "explain", 0), ("explain postgres:", "explain", 0), ("explain trino:NOPE", "error", 2), ("explain nope", "error", 2),
    ("schema --list", "schema", 0), ("store backup copy.db", "store-backup", 0), ("store backup copy.db", "error", 3), ("doctor", "doctor", 0), ("-C / doctor", "doctor", 2), ("version", "version", 0),
    ("orphans", "orphans", 0), ("orphans --drop", "orphans", 0), ("orphans --drop nope", "error", 2),
    ("-C / status", "error", 2), ("--server http://127.0.0.1:1 status", "error", 5), ("--server http://127.0.0.1:1 doctor", "doctor", 5),
]
# With a daemon that serves the project. {started} is the run that --detach left to it; its query never ends by itself.
SERVED = [
    ("run slow --detach", "run", 0), ("status slow", "status", 0), ("cancel {started}", "cancel", 0),
    ("backfill shop --from 2026-01-05 --to 2026-01-06 --detach", "backfill", 0), ("doctor", "doctor", 0), ("lineage paid", "lineage", 0),
    ("run shop", "run", 0), ("plan", "plan", 0), ("logs", "logs", 0),
]

PROJECT = {
    "penstock.yaml": "project: shop\nconnections:\n  local: { type: duckdb, path: shop.duckdb }\nenvironments:\n  dev: { target: local }\n",
    "pipelines/shop.yaml": """pipeline: shop
owner: sales
schedule: { cron: "15 2 * * *", timezone: America/New_York }
sources:
  orders: { table: raw.orders }
steps:
  - name: paid
    sql: select id, amount from orders where paid
    checks:
      - not_null: [id]
      - row_count: { min: 100 }
        severity: warn
  - name: total
    from: paid
    do:
      - aggregate: { columns: { total: sum(amount) } }
""",
    "pipelines/flaky.yaml": "pipeline: flaky\nsteps:\n  - name: twice\n    sql: select 1 as id union all select 1 as id\n    checks:\n"
                            "      - unique: [id]\n  - name: after\n    sql: select id from twice\n",
    "pipelines/slow.yaml": "pipeline: slow\nsteps:\n  - name: long\n"
                           "    sql: select count(*) as n from many a, many b, many c, many d where a.id + b.id * c.id - d.id = -1\n"
                           "sources:\n  many: { table: raw.many }\n",
}


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class Schemas:
    """The published schemas, closed: a property that they do not name is a fault."""

    def __init__(self, source):
        folder = source / "schemas"
        self.store = {f"file:///{path.relative_to(folder)}": self.closed(json.loads(path.read_text()))
                      for path in [folder / "openapi.json", *folder.glob("cli/*.schema.json")]}
        self.names = {path.name.removesuffix(".schema.json") for path in folder.glob("cli/*.schema.json")}
        self.used = set()

    @classmethod
    def closed(cls, node):
        if isinstance(node, list):
            return [cls.closed(item) for item in node]
        if not isinstance(node, dict):
            return node
        node = {key: cls.closed(value) for key, value in node.items() if key != "$id"}
        if node.get("type") == "object" and isinstance(node.get("properties"), dict):
            node.setdefault("additionalProperties", False)
        return node

    def faults(self, name, value):
        if name not in self.names:
            return [f"there is no schemas/cli/{name}.schema.json"]
        self.used.add(name)
        schema = self.store[f"file:///cli/{name}.schema.json"]
        jsonschema.Draft202012Validator.check_schema(schema)
        resolver = jsonschema.RefResolver(f"file:///cli/{name}.schema.json", schema, store=self.store)
        found = jsonschema.Draft202012Validator(schema, resolver=resolver).iter_errors(value)
        return [self.told(fault) for fault in found][:5]

    def told(self, fault):
        deepest = jsonschema.exceptions.best_match([fault])
        return f"/{'/'.join(map(str, deepest.absolute_path))}: {deepest.message[:300]}"


class Test:
    def __init__(self, source, penstock, root):
        self.penstock, self.root = penstock, root
        self.schemas = Schemas(source)
        self.environment = transcript.environment_for(penstock)
        self.ids, self.lists, self.failures, self.checked = {}, {}, [], 0

    def call(self, *words):
        return subprocess.run([self.penstock, *words], cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, timeout=300)

    def check(self, line, shape, code, form):
        words = [word.format(**self.ids) for word in line.split()]
        if words[0] == "init":
            words[1] += "-" + form
        if words[0] == "store":
            words[-1] += "-" + form
        done = self.call(*words, "-o", form)
        wrong = [] if done.returncode == code else [f"exit code {done.returncode}, expected {code}"]
        try:
            wrong += self.held(words, shape, form, done.stdout)
        except (ValueError, IndexError) as error:
            wrong.append(f"{error}: {done.stdout[:300]}")
        self.failures += [f"penstock {line} -o {form}: {fault}\n    {done.stderr[-300:]}" for fault in wrong]
        self.checked += 1

    def held(self, words, shape, form, output):
        if form == "json":
            value = json.loads(output)
        else:
            values = [json.loads(line) for line in output.splitlines()]
            if values and "event" in values[0]:
                events, value = values, values[-1]["data"]
                unfit = [fault for event in events for fault in self.schemas.faults("event", event)]
                return unfit + self.schemas.faults(shape, value) + ([] if events[-1]["event"] == "result" else ["no result at the end"])
            value = values if self.lists.get(tuple(words)) else values[0]
        self.lists[tuple(words)] = isinstance(value, list)
        if isinstance(value, dict) and words[0] == "run" and "run" in value:
            ended = "started" if "--detach" in words else "run" if value["run"]["state"] == "succeeded" else "failed"
            self.ids[ended] = value["run"]["id"]
        return self.schemas.faults(shape, value)

    def bundles(self):
        """penstock schema prints each schema so that it needs no other file."""
        for name in sorted(self.schemas.names):
            done = self.call("schema", f"cli/{name}")
            schema = json.loads(done.stdout)
            jsonschema.Draft202012Validator.check_schema(schema)
            if "openapi" in json.dumps([node for node in references(schema)]):
                self.failures.append(f"penstock schema cli/{name} refers to another document")
            for target in references(schema):
                node = schema
                for key in target.removeprefix("#/").split("/"):
                    node = node.get(key, {})
                if not node:
                    self.failures.append(f"penstock schema cli/{name}: nothing at {target}")


def references(node):
    if isinstance(node, list):
        return [target for item in node for target in references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [target for value in node.values() for target in references(value)]


def main():
    source, penstock = pathlib.Path(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="penstock-shapes-") as folder:
        root = pathlib.Path(folder)
        write(root, PROJECT)
        write(root / "faulty", {**PROJECT, "pipelines/shop.yaml": PROJECT["pipelines/shop.yaml"].replace("from: paid", "from: piad")})
        write(root / "broken", {**PROJECT, "pipelines/shop.yaml": PROJECT["pipelines/shop.yaml"].replace("raw.orders", "raw.ordres")})
        write(root / "elsewhere", {**PROJECT, "pipelines/shop.yaml": PROJECT["pipelines/shop.yaml"].replace("where paid", "where tag ~ 'x'")})
        test = Test(source, penstock, root)
        subprocess.run([sys.executable, source / "deploy/engines/duckdb_sql.py", os.environ["PENSTOCK_DUCKDB_LIBRARY"], root / "shop.duckdb",
                        "create schema raw; create table raw.orders as select i as id, i * 1.5 as amount, i % 2 = 0 as paid from range(10) t(i);"
                        "create table raw.many as select i as id from range(10000) t(i)"], check=True, capture_output=True)
        for case in CASES:
            for form in ("json", "ndjson"):
                test.check(*case, form)
        with subprocess.Popen([os.path.join(os.path.dirname(penstock), "penstockd"), "--port", "0", "--on-stop", "cancel"], cwd=root,
                              env=test.environment, stderr=subprocess.PIPE, text=True) as daemon:
            serving = next((line for line in iter(daemon.stderr.readline, "") if " serves " in line), "it ended at once")
            test.environment["PENSTOCK_SERVER"] = serving.split(" at ")[-1].strip()
            for form in ("json", "ndjson"):
                for case in SERVED:
                    test.check(*case, form)
            daemon.terminate()
            daemon.stderr.read()
        del test.environment["PENSTOCK_SERVER"]
        test.bundles()
        typed = [line for line, _, _ in CASES]
        test.failures += [f"penstock {name} is not run" for name in commands_of(penstock) if not any((line + " ").startswith(name + " ") for line in typed)]
        test.failures += [f"nothing was held against schemas/cli/{name}.schema.json" for name in sorted(test.schemas.names - test.schemas.used)]
    print("\n".join(test.failures))
    print(f"{test.checked} outputs held against {len(test.schemas.names)} schemas, {len(test.failures)} faults")
    return 1 if test.failures or not test.checked else 0


if __name__ == "__main__":
    sys.exit(main())
