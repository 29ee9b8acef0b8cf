"""What a network, a crash and the workspace itself may do to a pipeline: nothing is doubled, nothing is lost, what was told to stop has stopped,
and what nobody can know is said to be unknown.

    faults_test.py PENSTOCK
"""
import os
import pathlib
import random
import signal
import threading

import contract
from contract import PATIENCE_S, AtTheWorkspace

# Working tables, a check and one statement that must not land twice.
PIPELINE = """pipeline: w
schedule: {{ cron: "0 1 * * *" }}
sources: {{ src: {{ table: {dataset}.src, columns: {{ k: int64 }} }} }}
steps:
  - name: log
    sql: select k from src
    checks: [ {{ not_null: k }} ]
    publish: append
"""
INTERVAL = ("--from", "2026-01-01", "--to", "2026-01-02")
EXECUTE = "POST /api/2.0/sql/statements"
ANY = r"(GET|POST) /api/.*"


class Faults(AtTheWorkspace):
    def setUp(self):
        super().setUp()
        self.control.sql(f"create or replace table {self.DATASET}.src as select cast(id + 1 as bigint) as k from range(3)")
        self.here = self.project("here", self.connection(patience="10s"), {"w": PIPELINE.format(dataset=self.DATASET)})
        self.known = {one["query_id"] for one in self.control.statements()}

    def run_once(self, code=0):
        return self.penstock(self.here, "run", "w", *INTERVAL, code=code)

    @staticmethod
    def some_of(places):
        """Three of them by chance, and all of them with PENSTOCK_TEST_WHOLE=1."""
        return places if os.environ.get("PENSTOCK_TEST_WHOLE") else sorted(random.sample(places, 3))

    def rows(self):
        if "log" not in self.tables():
            return []
        return sorted(int(row[0]) for row in self.control.sql(f"select k from {self.DATASET}.log"))

    def statements(self, part):
        """Those of this test whose SQL holds the part."""
        return [one for one in self.control.statements() if one["query_id"] not in self.known and part in one["query_text"]]

    def inserts(self):
        return self.statements("insert into")

    def test_a_lost_answer_doubles_nothing(self):
        # A statement is taken, and nobody hears of it: one before the one that publishes, that one, or one after it.
        for skip in self.some_of(range(7)):
            with self.subTest(skip=skip):
                self.control.sql(f"drop table if exists {self.DATASET}.log")
                before = len(self.inserts())
                self.control.set(history_lag=0.5)
                self.control.faults({"on": EXECUTE, "skip": skip, "then": "drop"})
                self.run_once()
                self.assertEqual(self.rows(), [1, 2, 3])
                self.assertEqual(len(self.inserts()), before + 1)

    def test_a_request_that_is_lost_is_sent_again_by_the_run_and_lands_once(self):
        for skip in self.some_of(range(7)):
            with self.subTest(skip=skip):
                self.control.sql(f"drop table if exists {self.DATASET}.log")
                self.control.faults({"on": EXECUTE, "skip": skip, "instead": "drop"})
                self.run_once()
                self.assertEqual(self.rows(), [1, 2, 3])

    def test_a_history_that_says_nothing_for_too_long_settles_nothing_by_itself(self):
        # The statement has landed, and the query history keeps silent: the table's own history names it, and nobody knows whose it was.
        self.run_once()
        self.control.set(history_lag=3600)
        self.control.faults({"on": EXECUTE, "skip": 3, "then": "drop"})
        before = self.rows()
        told = self.run_once(code=None)
        while len(self.inserts()) < 2:
            self.control.faults({"on": EXECUTE, "skip": 4, "then": "drop"})
            told = self.run_once(code=None)
        self.assertIn("unknown", told)
        self.assertEqual(self.rows(), sorted(before + [1, 2, 3]))

    def test_storms_pass(self):
        storms = [{"status": 503, "code": "TEMPORARILY_UNAVAILABLE"}, {"status": 429, "code": "REQUEST_LIMIT_EXCEEDED", "headers": {"Retry-After": "1"}},
                  {"status": 502, "code": "BAD_GATEWAY"}, {"instead": "drop"}, {"wait": 0.3}]
        for storm in storms:
            with self.subTest(storm=storm):
                self.control.sql(f"drop table if exists {self.DATASET}.log")
                self.control.faults(*[{"on": ANY, "skip": 2 * at, **storm} for at in range(12)])
                self.run_once()
                self.assertEqual(self.rows(), [1, 2, 3])

    def test_answers_that_are_none_are_told(self):
        for body, kind in (("<html>sign in</html>", "text/html"), ("{\"statement_id\": ", "application/json"), ("\xff\xfe\x00", "application/json"),
                           ("{}", "application/json"), ("[]", "application/json")):
            with self.subTest(body=body):
                self.control.faults({"on": EXECUTE, "times": 1000, "body": body, "kind": kind})
                told = self.run_once(code=None)
                self.assertRegex(told, "is no JSON|does not speak Databricks|cannot be read")
                self.assertNotIn(os.environ["DATABRICKS_TOKEN"], told)
                self.assertEqual(self.rows(), [])

    def test_tokens_of_a_service_principal_end_in_the_middle(self):
        there = self.project("principal", self.connection(token=None, client_id=os.environ["DATABRICKS_CLIENT_ID"],
                                                          client_secret="env:DATABRICKS_CLIENT_SECRET"), {"w": PIPELINE.format(dataset=self.DATASET)})
        over = threading.Event()

        def revoke():
            while not over.wait(0.7):
                self.control.ask("revoke", {})
        ending = threading.Thread(target=revoke)
        ending.start()
        try:
            self.penstock(there, "run", "w", *INTERVAL)
        finally:
            over.set()
            ending.join()
        self.assertEqual(self.rows(), [1, 2, 3])

    def test_whom_nobody_knows_is_told_so(self):
        self.environment["STRANGER"] = "dapi0123456789abcdef"
        there = self.project("stranger", self.connection(token="env:STRANGER"), {"w": PIPELINE.format(dataset=self.DATASET)})
        told = self.penstock(there, "run", "w", *INTERVAL, code=1)
        self.assertIn("`token`", told)
        self.assertNotIn("dapi0123", told)
        self.assertEqual(self.statements(""), [])

    def test_ctrl_c_stops_the_statement_at_the_warehouse(self):
        self.run_once()
        self.control.sql(f"create or replace view {self.DATASET}.src2 as select a.id as k from range(10000000) a cross join range(1000000) b")
        text = PIPELINE.format(dataset=self.DATASET).replace(".src,", ".src2,").replace("select k from src", "select count(*) as k from src where k % 7 = 3")
        there = self.project("endless", self.connection(), {"w": text})
        running = self.start(there, "run", "w", *INTERVAL)
        self.until(lambda: any(one["state"] == "RUNNING" for one in self.statements("% 7")))
        running.send_signal(signal.SIGINT)
        output, _ = running.communicate(timeout=PATIENCE_S)
        self.assertIn("cancelled", output)
        self.assertEqual({one["state"] for one in self.statements("% 7")}, {"CANCELED"}, output)
        self.assertEqual(self.rows(), [1, 2, 3])

    def test_a_killed_process_finds_its_statement_again(self):
        # Killed when a statement is at the warehouse, whose answer it has or has not heard.
        for part, fault in (("create or replace table", []), ("insert into", [{"on": EXECUTE, "times": 1000, "wait": 0.6}])):
            with self.subTest(part=part, fault=fault):
                rows, inserts = self.rows(), len(self.inserts())
                self.control.faults(*fault)
                seen = len(self.statements(part))
                running = self.start(self.here, "run", "w", *INTERVAL)
                self.until(lambda: len(self.statements(part)) > seen)
                running.kill()
                running.communicate()
                self.control.faults()
                daemon = self.start_daemon(self.here)
                self.until(lambda: len(self.rows()) >= len(rows) + 3)
                daemon.terminate()
                daemon.wait(timeout=PATIENCE_S)
                self.assertEqual(self.rows(), sorted(rows + [1, 2, 3]))
                self.assertEqual(len(self.inserts()), inserts + 1)

    def test_two_runs_at_once_on_one_table_leave_both(self):
        self.run_once()
        folders = [self.project(name, self.connection(), {"w": PIPELINE.format(dataset=self.DATASET)}) for name in ("one", "two")]
        running = [self.start(folder, "run", "w", *INTERVAL) for folder in folders]
        for one in running:
            output, _ = one.communicate(timeout=600)
            self.assertEqual(one.returncode, 0, output)
        self.assertEqual(self.rows(), [1, 1, 1, 2, 2, 2, 3, 3, 3])

    def test_secrets_are_in_no_text(self):
        self.control.faults({"on": EXECUTE, "times": 1000, "status": 400, "code": "INVALID_PARAMETER_VALUE"})
        told = self.run_once(code=1) + self.penstock(self.here, "status", code=None) + self.penstock(self.here, "doctor", code=None)
        kept = b"".join(path.read_bytes() for path in pathlib.Path(self.here).rglob("*") if path.is_file())
        self.assertIn(b"penstock", kept)
        self.assertNotIn(os.environ["DATABRICKS_TOKEN"], told)
        self.assertNotIn(os.environ["DATABRICKS_TOKEN"].encode(), kept)


if __name__ == "__main__":
    contract.main(AtTheWorkspace)
