"""What the tests at this server share: where it is, and how it is moved."""
import json
import os
import sys
import unittest
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from projects import PATIENCE_S, WithProjects, main  # noqa: E402, F401


def place():
    """The words of PENSTOCK_TEST_BIGQUERY: url, project and key."""
    text = os.environ.get("PENSTOCK_TEST_BIGQUERY", "")
    if not text:
        sys.exit("PENSTOCK_TEST_BIGQUERY names no server: tests/contract/bigquery/bigquery start DIR starts one")
    return dict(word.split("=", 1) for word in text.split())


class Control:
    CALM = {"duration_ms": 0, "cancel_takes_ms": 0, "invisible_ms": 0, "token_life_s": 3600, "fails_at_once": True, "page_rows": 100000,
            "unreachable": [], "failures": []}

    def __init__(self, url):
        self.url = url

    def _ask(self, method, path, body=None):
        request = urllib.request.Request(f"{self.url}/control/{path}", method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def calm(self):
        self._ask("POST", "settings", self.CALM)
        self.faults()
        self._ask("DELETE", "requests")

    def settings(self, **settings):
        self._ask("POST", "settings", settings)

    def faults(self, *faults):
        self._ask("POST", "faults", list(faults))

    def expire(self):
        self._ask("POST", "expire", {})

    def advance(self, seconds):
        self._ask("POST", "clock", {"advance_s": seconds})

    def jobs(self):
        return self._ask("GET", "jobs")

    def requests(self, method, part):
        return [path for verb, path in self._ask("GET", "requests") if verb == method and part in path]

    def sql(self, text):
        """The rows as the API writes their cells."""
        answer = self._ask("POST", "sql", {"sql": text, "location": "EU"})
        if not answer["ok"]:
            raise AssertionError(f"{text}: {answer['message']}")
        return [tuple(cell["v"] for cell in row["f"]) for row in answer.get("rows", [])]

    def listed(self, dataset):
        """Name and kind of every table."""
        found = self._ask("POST", "sql", {"tables": True})["tables"]
        names = [(one["table"].split("."), one["kind"]) for one in found]
        return [{"name": path[2], "kind": kind} for path, kind in names if path[1] == dataset]

    def federation(self, source, impersonate):
        return self._ask("POST", "federation", {"source": source, "impersonate": impersonate})


class AtTheServer(unittest.TestCase):
    """Each test finds the server calm, and leaves it so."""

    PLACE = place()

    def setUp(self):
        self.control = Control(self.PLACE["url"])
        self.control.calm()
        self.addCleanup(self.control.calm)


class ProjectsThere(WithProjects, AtTheServer):
    """Projects that run on the server, with a dataset of their own."""

    DATASET = f"pipelines_{os.getpid()}"

    def setUp(self):
        super().setUp()
        self.control.sql(f"create schema if not exists {self.DATASET}")
        for one in self.listed():
            self.drop(one["name"])

    def listed(self):
        return self.control.listed(self.DATASET)

    def tables(self):
        return [one["name"] for one in self.listed()]

    def drop(self, name):
        kind = "view" if any(one["name"] == name and one["kind"] == "VIEW" for one in self.listed()) else "table"
        self.control.sql(f"drop {kind} {self.DATASET}.{name}")

    def connection(self, **more):
        settings = {"type": "bigquery", "url": self.PLACE["url"], "project": self.PLACE["project"], "location": "EU", "schema": self.DATASET,
                    "credentials": f"file:{self.PLACE['key']}", **more}
        return self.flow({key: value for key, value in settings.items() if value != ""})
