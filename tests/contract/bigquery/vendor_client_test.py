"""Google's own client of BigQuery takes the contract server for BigQuery: its logins, jobs, rows, errors and repeats.

    vendor_client_test.py SERVER_COMMAND

Only what this client accepts may a connector be tested with.
"""
import datetime
import decimal
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, subprocess.run([sys.argv.pop(1), "client"], check=True, capture_output=True, text=True).stdout.strip())
from google.api_core import exceptions  # noqa: E402
from google.api_core.retry import Retry  # noqa: E402
from google.auth import exceptions as auth_exceptions  # noqa: E402
from google.auth import identity_pool  # noqa: E402
from google.cloud import bigquery  # noqa: E402
from google.oauth2 import service_account  # noqa: E402

from contract import AtTheServer  # noqa: E402
from login import SUBJECT_TOKEN  # noqa: E402

SCOPES = ["https://www.googleapis.com/auth/bigquery"]


class VendorClient(AtTheServer):
    dataset = f"vendor_{os.getpid()}"

    def client(self, credentials=None, location="EU"):
        credentials = credentials or service_account.Credentials.from_service_account_file(self.PLACE["key"], scopes=SCOPES)
        return bigquery.Client(project=self.PLACE["project"], credentials=credentials, location=location,
                               client_options={"api_endpoint": self.PLACE["url"]})

    def setUp(self):
        super().setUp()
        self.bigquery = self.client()
        made = bigquery.Dataset(f"{self.PLACE['project']}.{self.dataset}")
        made.location = "EU"
        self.bigquery.create_dataset(made, exists_ok=True)

    def rows(self, sql, **options):
        return [tuple(row.values()) for row in self.bigquery.query(sql).result(**options)]

    def test_every_type_comes_as_pythons_own(self):
        self.assertEqual(self.rows(
            "select true, 7, numeric '1.5', 0.1, 'Zoë', b'\\x00\\xff', date '2001-02-03', time '04:05:06.5', datetime '2001-02-03 04:05:06', "
            "timestamp '2001-02-03 04:05:06.25+02', cast(null as string), [1, 2], struct(1 as a, 'x' as b)"), [
            (True, 7, decimal.Decimal("1.5"), 0.1, "Zoë", b"\x00\xff", datetime.date(2001, 2, 3), datetime.time(4, 5, 6, 500000),
             datetime.datetime(2001, 2, 3, 4, 5, 6), datetime.datetime(2001, 2, 3, 2, 5, 6, 250000, datetime.timezone.utc), None, [1, 2],
             {"a": 1, "b": "x"})])

    def test_rows_come_in_pages(self):
        self.control.settings(page_rows=3)
        self.assertEqual(self.rows("select n from unnest(generate_array(1, 10)) as n order by n"), [(n,) for n in range(1, 11)])

    def test_what_changes_is_counted_and_kept(self):
        name = f"{self.dataset}.counted"
        made = self.bigquery.query(f"create or replace table {name} as select n from unnest(generate_array(1, 5)) as n")
        made.result()
        self.assertEqual((made.statement_type, made.ddl_target_table.table_id), ("CREATE_TABLE_AS_SELECT", "counted"))
        self.assertEqual(self.bigquery.get_table(f"{self.PLACE['project']}.{name}").num_rows, 5)
        for sql, count in ((f"insert into {name} select 6", 1), (f"update {name} set n = n + 10 where n > 4", 2),
                           (f"merge into {name} as t using (select 1 as n union all select 7) as s on t.n = s.n when matched then delete "
                            "when not matched then insert (n) values (s.n)", 2), (f"delete from {name} where n = 2", 1)):
            job = self.bigquery.query(sql)
            job.result()
            self.assertEqual(job.num_dml_affected_rows, count, sql)
        self.assertEqual(self.rows(f"select n from {name} order by n"), [(3,), (4,), (7,), (15,), (16,)])
        self.bigquery.delete_table(f"{self.PLACE['project']}.{name}")
        self.assertNotIn("counted", [table.table_id for table in self.bigquery.list_tables(self.dataset)])

    def test_a_dry_run_has_no_effect(self):
        job = self.bigquery.query(f"create table {self.dataset}.dry as select 1 as n", bigquery.QueryJobConfig(dry_run=True))
        self.assertGreater(job.total_bytes_processed, 0)
        with self.assertRaises(exceptions.NotFound):
            self.bigquery.get_table(f"{self.PLACE['project']}.{self.dataset}.dry")
        with self.assertRaisesRegex(exceptions.BadRequest, r"Unrecognized name: b at \[1:8\]"):
            self.bigquery.query("select b", bigquery.QueryJobConfig(dry_run=True))

    def test_faults_of_a_statement(self):
        for at_once in (True, False):
            self.control.settings(fails_at_once=at_once)
            with self.assertRaises(exceptions.BadRequest):
                self.bigquery.query("selec 1").result(retry=None, job_retry=None)
            with self.assertRaises(exceptions.NotFound):
                self.bigquery.query(f"select * from {self.dataset}.nowhere").result()
            with self.assertRaisesRegex(exceptions.BadRequest, "division by zero"):
                self.bigquery.query("select 1 / 0").result()

    def test_an_id_makes_one_job(self):
        name = f"vendor_once_{os.getpid()}"
        self.bigquery.query("select 1", job_id=name, job_retry=None).result(job_retry=None)
        with self.assertRaises(exceptions.Conflict):
            self.bigquery.query("select 1", job_id=name, job_retry=None)
        self.assertEqual(self.bigquery.get_job(name, location="EU").state, "DONE")
        with self.assertRaises(exceptions.NotFound):
            self.bigquery.get_job(name, location="US")

    def test_a_job_that_lasts_is_listed_and_cancelled(self):
        job = self.bigquery.query("select 1 /* endless */")
        self.assertIn(job.job_id, [one.job_id for one in self.bigquery.list_jobs(state_filter="running")])
        self.assertTrue(job.cancel())
        with self.assertRaises(exceptions.GoogleAPICallError):
            job.result()
        job.reload()
        self.assertEqual((job.state, job.error_result["reason"]), ("DONE", "stopped"))

    def test_a_lost_answer_is_found_again(self):
        # The client takes the id's conflict for its own earlier request, and the job for a while for not yet there.
        self.control.settings(invisible_ms=1500)
        self.control.faults({"method": "POST", "path": "/jobs$", "times": 1, "what": "drop"})
        self.assertEqual(self.rows("select 1"), [(1,)])
        self.assertEqual(len(self.control.requests("POST", "/jobs")), 2)

    def test_busy_servers_are_asked_again(self):
        for status, reason in ((503, "backendError"), (500, "internalError"), (403, "rateLimitExceeded"), (502, "")):
            self.control.faults({"path": "/bigquery/", "times": 2, "what": "status", "status": status, "reason": reason})
            self.assertEqual(self.rows("select 1"), [(1,)], status)

    def test_tokens_end_and_are_fetched_again(self):
        self.assertEqual(self.rows("select 1"), [(1,)])
        self.control.expire()
        self.assertEqual(self.rows("select 2"), [(2,)])

    def test_a_signature_that_does_not_fit_is_refused(self):
        with open(self.PLACE["key"], encoding="utf-8") as file:
            key = json.load(file)
        for change in ({"private_key_id": "0" * 40}, {"client_email": "nobody@contract.iam.gserviceaccount.com"}):
            credentials = service_account.Credentials.from_service_account_info(key | change, scopes=SCOPES)
            with self.assertRaisesRegex(auth_exceptions.RefreshError, "invalid_grant"):
                self.client(credentials).query("select 1", retry=Retry(deadline=0), job_retry=None)

    def test_another_identity_is_exchanged(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(SUBJECT_TOKEN)
            file.flush()
            for impersonate in (False, True):
                info = self.control.federation({"file": file.name}, impersonate)
                credentials = identity_pool.Credentials.from_info(info, scopes=["https://www.googleapis.com/auth/cloud-platform"])
                self.assertEqual(self.client(credentials).query("select 1").result().total_rows, 1)


if __name__ == "__main__":
    unittest.main(verbosity=1)
