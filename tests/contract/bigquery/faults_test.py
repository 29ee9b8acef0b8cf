"""What a network, a crash and BigQuery itself may do to a pipeline: nothing is doubled, nothing is lost, and what was told to stop has stopped.

    faults_test.py PENSTOCK
"""
import json
import os
import signal

import contract
from contract import PATIENCE_S, ProjectsThere

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


class Faults(ProjectsThere):
    def setUp(self):
        super().setUp()
        self.control.sql(f"create or replace table {self.DATASET}.src as select k from unnest([1, 2, 3]) as k")
        self.here = self.project("here", self.connection(patience="10s"), {"w": PIPELINE.format(dataset=self.DATASET)})
        self.known = {job["jobReference"]["jobId"] for job in self.control.jobs()}

    def run_once(self):
        return self.penstock(self.here, "run", "w", *INTERVAL)

    def rows(self):
        return sorted(int(row[0]) for row in self.control.sql(f"select k from {self.DATASET}.log"))

    def jobs(self, part):
        """Those of this test whose SQL holds the part, the oldest first."""
        return [job for job in self.control.jobs()
                if job["jobReference"]["jobId"] not in self.known and part in job["configuration"]["query"]["query"]]

    def test_a_lost_answer_doubles_nothing(self):
        self.control.faults({"method": "POST", "path": "/jobs$", "times": 100, "every": 2, "what": "drop"})
        self.run_once()
        self.assertEqual(self.rows(), [1, 2, 3])
        self.assertEqual(len(self.jobs("insert into")), 1)

    def test_a_job_that_is_not_to_be_seen_yet_is_waited_for(self):
        self.control.settings(invisible_ms=700)
        self.control.faults({"method": "POST", "path": "/jobs$", "times": 100, "every": 2, "what": "drop"})
        self.run_once()
        self.assertEqual(self.rows(), [1, 2, 3])

    def test_storms_pass(self):
        for status, reason in ((503, "backendError"), (500, "internalError"), (502, ""), (429, "rateLimitExceeded"), (403, "rateLimitExceeded")):
            with self.subTest(status=status):
                self.control.sql(f"drop table if exists {self.DATASET}.log")
                self.control.faults({"path": "/bigquery/", "times": 1000, "every": 2, "what": "status", "status": status, "reason": reason})
                self.run_once()
                self.assertEqual(self.rows(), [1, 2, 3])

    def test_answers_that_never_come_and_such_as_come_late(self):
        self.control.faults({"path": "/bigquery/", "times": 1000, "every": 3, "what": "refuse"},
                            {"path": "/bigquery/", "times": 5, "what": "slow", "ms": 400})
        self.run_once()
        self.assertEqual(self.rows(), [1, 2, 3])

    def test_tokens_end_in_the_middle(self):
        # Of three requests one comes with a token that has just ended, and once more with another.
        self.control.faults({"path": "/bigquery/", "times": 1000, "every": 3, "what": "expire"})
        self.run_once()
        self.assertGreater(len(self.control.requests("POST", "/token")), 3)
        self.assertEqual(self.rows(), [1, 2, 3])

    def test_whom_nobody_knows_is_told_so(self):
        with open(self.PLACE["key"], encoding="utf-8") as file:
            key = json.load(file)
        path = os.path.join(self.folder, "stranger.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(key | {"client_email": "stranger@contract.iam.gserviceaccount.com"}, file)
        there = self.project("stranger", self.connection(credentials=f"file:{path}"), {"w": PIPELINE.format(dataset=self.DATASET)})
        told = self.penstock(there, "run", "w", *INTERVAL, code=1)
        self.assertIn("`credentials`", told)
        self.assertNotIn("PRIVATE KEY", told)
        self.assertNotIn(key["private_key"].splitlines()[1], told)
        self.assertEqual(self.jobs(""), [])

    def test_who_was_second_comes_again_as_another_job(self):
        self.control.settings(failures=[{"sql": "insert into", "times": 2, "reason": "invalidQuery", "message":
                                         "Could not serialize access to table contract:d.log due to concurrent update"}])
        self.run_once()
        self.assertEqual(self.rows(), [1, 2, 3])
        self.assertEqual([job["jobReference"]["jobId"][-4:] for job in self.jobs("insert into")], ["_0_0", "_0_1", "_0_2"])

    def test_what_bigquery_itself_has_failed_is_retried(self):
        self.control.settings(failures=[{"sql": "insert into", "times": 1, "reason": "jobBackendError", "message": "Error encountered"}])
        text = PIPELINE.format(dataset=self.DATASET) + "    retry: { attempts: 2, first_delay: 1s }\n"
        there = self.project("retried", self.connection(), {"w": text})
        self.penstock(there, "run", "w", *INTERVAL)
        self.assertEqual(self.rows(), [1, 2, 3])

    def is_running(self, part):
        return any(job["status"]["state"] == "RUNNING" for job in self.jobs(part))

    def test_ctrl_c_stops_the_job_at_bigquery(self):
        self.run_once()
        self.control.settings(duration_ms=600000, cancel_takes_ms=1000)
        running = self.start(self.here, "run", "w", *INTERVAL)
        self.until(lambda: self.is_running("penstock_staged"))
        running.send_signal(signal.SIGINT)
        output, _ = running.communicate(timeout=PATIENCE_S)
        self.assertIn("cancelled", output)
        jobs = self.jobs("penstock_staged")
        self.assertEqual([job["status"]["state"] for job in self.control.jobs()], ["DONE"] * len(self.control.jobs()), output)
        self.assertIn("stopped", [job["status"].get("errorResult", {}).get("reason") for job in jobs])
        self.assertEqual(self.rows(), [1, 2, 3])

    def test_a_killed_process_finds_its_job_again(self):
        for part in ("create or replace table", "insert into"):
            with self.subTest(part=part):
                self.control.settings(duration_ms=1500)
                before = len(self.jobs("insert into"))
                rows = self.rows() if self.control.listed(self.DATASET) and "log" in self.tables() else []
                running = self.start(self.here, "run", "w", *INTERVAL)
                ended = len([job for job in self.jobs(part)])
                self.until(lambda: len(self.jobs(part)) > ended or self.is_running(part))
                running.kill()
                running.communicate()
                self.control.settings(duration_ms=0)
                daemon = self.start_daemon(self.here)
                try:
                    self.until(lambda: len(self.rows_if_there()) >= len(rows) + 3)
                finally:
                    daemon.terminate()
                    daemon.wait(timeout=PATIENCE_S)
                self.assertEqual(self.rows(), sorted(rows + [1, 2, 3]))
                self.assertEqual(len(self.jobs("insert into")), before + 1)

    def rows_if_there(self):
        return self.rows() if "log" in self.tables() else []


if __name__ == "__main__":
    contract.main(ProjectsThere)
