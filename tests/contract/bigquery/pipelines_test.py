"""Pipelines on the contract server for BigQuery: every write mode, every login, and what a job is told.

    pipelines_test.py PENSTOCK
"""
import json
import os

import contract
from contract import ProjectsThere
from login import SUBJECT_TOKEN
from write_modes import WriteModes


class Pipelines(WriteModes, ProjectsThere):
    def ask(self, sql):
        return self.control.sql(sql)

    def test_jobs_say_whose_they_are(self):
        self.put_source()
        here = self.project("labelled", self.connection(priority="batch", maximum_bytes_billed=20000000, reservation="none"),
                            {"w": self.pipeline()})
        begun = len(self.control.jobs())
        self.penstock(here, "run", "w", "--step", "whole", "--from", "2026-01-01", "--to", "2026-01-02")
        jobs = self.control.jobs()[begun:]
        self.assertGreater(len(jobs), 2)
        for job in jobs:
            configuration = job["configuration"]
            self.assertEqual(configuration["labels"]["penstock_step"], "w_whole")
            self.assertEqual(configuration["labels"]["penstock_attempt"], "1")
            self.assertEqual((configuration["query"]["priority"], configuration["query"]["maximumBytesBilled"], configuration["reservation"]),
                             ("BATCH", "20000000", "none"))
            self.assertTrue(job["jobReference"]["jobId"].startswith("penstock_"))

    def test_a_limit_of_bytes_is_a_fault_of_the_step(self):
        self.put_source()
        here = self.project("limited", self.connection(maximum_bytes_billed=1000), {"w": self.pipeline()})
        told = self.penstock(here, "run", "w", "--step", "whole", "--from", "2026-01-01", "--to", "2026-01-02", code=1)
        self.assertIn("exceeded limit for bytes billed", told)
        self.assertIn("maximum_bytes_billed", told)

    def test_each_login_is_let_in(self):
        self.put_source()
        token = os.path.join(self.folder, "token")
        with open(token, "w", encoding="utf-8") as file:
            file.write(SUBJECT_TOKEN + "\n")
        by_url = {"url": self.PLACE["url"] + "/identity", "headers": {"X-Who": "me"},
                  "format": {"type": "json", "subject_token_field_name": "its_token"}}
        for number, (source, impersonate) in enumerate((({"file": token}, False), ({"file": token}, True), (by_url, True))):
            path = os.path.join(self.folder, f"federation{number}.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(self.control.federation(source, impersonate), file)
            here = self.project(f"federated{number}", self.connection(credentials=f"file:{path}"), {"w": self.pipeline()})
            self.assertIn("workload identity federation", self.penstock(here, "doctor", code=None))
            self.penstock(here, "run", "w", "--step", "whole", "--from", "2026-01-01", "--to", "2026-01-02")
        # A machine's own account.
        machine = self.project("machine", self.connection(credentials=""), {"w": self.pipeline()})
        self.environment["GCE_METADATA_HOST"] = self.PLACE["url"].split("//")[1]
        self.assertIn("this machine's own account", self.penstock(machine, "doctor", code=None))
        self.penstock(machine, "run", "w", "--step", "whole", "--from", "2026-01-01", "--to", "2026-01-02")
        self.environment["GCE_METADATA_HOST"] = "127.0.0.1:1"
        told = self.penstock(self.project("nowhere", self.connection(credentials="", patience="1s"), {"w": self.pipeline()}), "doctor", code=None)
        self.assertIn("127.0.0.1:1", told)
        # What another has written there is no token.
        with open(token, "w", encoding="utf-8") as file:
            file.write("of-nobody")
        told = self.penstock(os.path.join(self.folder, "federated0"), "run", "w", "--step", "whole", "--from", "2026-01-01", "--to", "2026-01-02", code=1)
        self.assertIn("`credentials`", told)
        self.assertNotIn("of-nobody", told)

    def test_doctor_goes_the_whole_way(self):
        here = self.project("looked_at", self.connection(), {"w": self.pipeline()})
        told = self.penstock(here, "doctor", code=None)
        for word in ("the service account etl@contract", "jobs of the project contract in EU", f"contract.{self.DATASET} in EU", "dry run"):
            self.assertIn(word, told)
        elsewhere = self.project("elsewhere", self.connection(location="US"), {"w": self.pipeline()})
        self.assertIn("set `location` to EU", self.penstock(elsewhere, "doctor", code=None))


if __name__ == "__main__":
    contract.main(ProjectsThere)
