"""What the tests at this server share: where it is, and how it is moved."""
import json
import os
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from projects import PATIENCE_S, WithProjects, main  # noqa: E402, F401


class Control:
    CALM = {"history_lag": 0, "token_life": 3600, "kept_for": 12 * 3600, "page_rows": 100}

    def __init__(self, url):
        self.url = url

    def ask(self, what, body):
        request = urllib.request.Request(f"{self.url}/control/{what}", method="POST", data=json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=300) as answer:
            return json.load(answer)

    def calm(self):
        self.ask("set", self.CALM)
        self.ask("warehouse", {"state": "RUNNING", "start_seconds": 0})
        self.faults()
        self.ask("forget", {})

    def set(self, **settings):
        self.ask("set", settings)

    def faults(self, *faults):
        self.ask("faults", list(faults))

    def statements(self):
        return self.ask("state", {})["statements"]

    def requests(self):
        return self.ask("state", {})["requests"]

    def sql(self, text):
        answer = self.ask("sql", {"statement": text})
        if not answer["ok"]:
            raise AssertionError(f"{text}: {answer['message']}")
        return [tuple(row) for row in answer["rows"]]


class AtTheWorkspace(WithProjects):
    """Each test finds the server calm and leaves it so, with a schema of its own."""

    DATASET = f"contract_{os.getpid()}"

    def setUp(self):
        super().setUp()
        self.control = Control(os.environ["DATABRICKS_HOST"])
        self.control.calm()
        self.addCleanup(self.control.calm)
        self.control.sql(f"drop schema if exists {self.DATASET} cascade")
        self.control.sql(f"create schema {self.DATASET}")
        self.addCleanup(self.control.sql, f"drop schema {self.DATASET} cascade")

    def connection(self, **more):
        settings = {"type": "databricks", "host": os.environ["DATABRICKS_HOST"], "warehouse": os.environ["DATABRICKS_WAREHOUSE"],
                    "catalog": os.environ["DATABRICKS_CATALOG"], "schema": self.DATASET, "token": "env:DATABRICKS_TOKEN", "history_lag": "2s", **more}
        return self.flow({key: value for key, value in settings.items() if value is not None})

    def tables(self):
        return [row[1] for row in self.control.sql(f"show tables in {self.DATASET}")]
