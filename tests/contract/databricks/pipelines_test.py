"""Pipelines on the contract server for Databricks: every write mode, and what the workspace is told.

    pipelines_test.py PENSTOCK
"""
import os

import contract
from contract import AtTheWorkspace
from write_modes import ROUNDS, WriteModes


class Pipelines(WriteModes, AtTheWorkspace):
    DECIMAL = "decimal(10,2)"
    # A MERGE costs Spark seconds: the first round, and one over what it left; all with PENSTOCK_TEST_WHOLE=1.
    ROUNDS = ROUNDS if os.environ.get("PENSTOCK_TEST_WHOLE") else ROUNDS[::2]

    def ask(self, sql):
        return self.control.sql(sql)

    def cell(self, column):
        # A moment's text has no zone here.
        return f"coalesce(concat(cast({column} as string), '+00'), '-')" if column == "seen_at" else super().cell(column)

    def run_whole(self, folder, code=0):
        return self.penstock(folder, "run", "w", "--step", "whole", "--from", "2026-01-01", "--to", "2026-01-02", code=code)

    def test_statements_say_whose_they_are(self):
        self.put_source()
        here = self.project("tagged", self.connection(), {"w": self.pipeline()})
        before = len(self.control.statements())
        self.run_whole(here)
        ours = [one for one in self.control.statements()[before:] if "penstock:" in one["query_text"]]
        self.assertGreater(len(ours), 2)
        for one in ours:
            tags = {tag["key"]: tag["value"] for tag in one["query_tags"]}
            self.assertEqual((tags["penstock_step"], tags["penstock_attempt"]), ("w.whole", "1"))
            self.assertRegex(one["query_text"], r"^/\* penstock:\w+:\d+ run=[\w-]+ step=w\.whole attempt=1 \*/\n")

    def test_a_compute_is_another_warehouse(self):
        self.put_source()
        self.control.ask("warehouse", {"id": "ffff0001", "state": "RUNNING"})
        pipeline = self.pipeline().replace("  - name: whole\n", "  - name: whole\n    compute: large\n")
        connection = self.connection().replace("{ ", "{ compute: { large: { warehouse: /sql/1.0/warehouses/ffff0001 } }, ", 1)
        before = len(self.control.statements())
        self.run_whole(self.project("computed", connection, {"w": pipeline}))
        ours = [one for one in self.control.statements()[before:] if "penstock:" in one["query_text"]]
        self.assertEqual({one["warehouse_id"] for one in ours}, {"ffff0001"})

    def test_a_service_principal_comes_in(self):
        self.put_source()
        here = self.project("principal", self.connection(token=None, client_id=os.environ["DATABRICKS_CLIENT_ID"],
                                                         client_secret="env:DATABRICKS_CLIENT_SECRET"), {"w": self.pipeline()})
        self.run_whole(here)
        self.assertEqual(self.ask(f"select count(*) from {self.DATASET}.whole"), [("3",)])

    def test_a_warehouse_that_is_stopped_is_started_and_not_by_a_look(self):
        self.put_source()
        here = self.project("stopped", self.connection(), {"w": self.pipeline()})
        self.control.ask("warehouse", {"state": "STOPPED", "start_seconds": 3})
        self.assertIn("the first statement starts it", self.penstock(here, "doctor", code=None))
        self.penstock(here, "sources", "pull")
        self.assertEqual(self.control.ask("state", {})["warehouses"][os.environ["DATABRICKS_WAREHOUSE"]]["state"], "STOPPED")
        self.run_whole(here)
        self.assertEqual(self.ask(f"select count(*) from {self.DATASET}.whole"), [("3",)])

    def test_doctor_goes_the_whole_way(self):
        here = self.project("looked_at", self.connection(), {"w": self.pipeline()})
        told = self.penstock(here, "doctor", code=None)
        for word in ("etl@penstock.example by a personal access token", '"etl", X-Small, RUNNING', f"spark_catalog.{self.DATASET}"):
            self.assertIn(word, told)
        elsewhere = self.project("elsewhere", self.connection(warehouse="ffff"), {"w": self.pipeline()})
        self.assertIn("check `warehouse`", self.penstock(elsewhere, "doctor", code=None))


if __name__ == "__main__":
    contract.main(AtTheWorkspace)
