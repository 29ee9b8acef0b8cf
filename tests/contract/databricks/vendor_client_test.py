"""Databricks' own client takes the contract server for a workspace: its logins, statements, rows, errors, the query history and the catalogue.

    vendor_client_test.py SERVER_COMMAND

Only what this client accepts may a connector be tested with.
"""
import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, subprocess.run([sys.argv.pop(1), "client"], check=True, capture_output=True, text=True).stdout.strip())
from databricks.sdk import WorkspaceClient, errors  # noqa: E402
from databricks.sdk.service import sql  # noqa: E402

from contract import Control  # noqa: E402

WAREHOUSE = os.environ["DATABRICKS_WAREHOUSE"]
CATALOG = os.environ["DATABRICKS_CATALOG"]


class VendorClient(unittest.TestCase):
    schema = f"vendor_{os.getpid()}"

    def setUp(self):
        self.control = Control(os.environ["DATABRICKS_HOST"])
        self.control.calm()
        self.addCleanup(self.control.calm)
        self.control.sql(f"create schema if not exists {self.schema}")
        self.addCleanup(self.control.sql, f"drop schema {self.schema} cascade")
        self.workspace = WorkspaceClient(host=os.environ["DATABRICKS_HOST"], token=os.environ["DATABRICKS_TOKEN"], auth_type="pat")

    def execute(self, statement, **settings):
        settings.setdefault("wait_timeout", "50s")
        return self.workspace.statement_execution.execute_statement(statement, WAREHOUSE, catalog=CATALOG, schema=self.schema, **settings)

    def until_ended(self, name):
        while True:
            statement = self.workspace.statement_execution.get_statement(name)
            if statement.status.state not in (sql.StatementState.PENDING, sql.StatementState.RUNNING):
                return statement
            time.sleep(0.05)

    def test_it_comes_in(self):
        self.assertEqual(self.workspace.current_user.me().user_name, "etl@penstock.example")
        principal = WorkspaceClient(host=os.environ["DATABRICKS_HOST"], client_id=os.environ["DATABRICKS_CLIENT_ID"],
                                    client_secret=os.environ["DATABRICKS_CLIENT_SECRET"], auth_type="oauth-m2m")
        self.assertEqual(principal.current_user.me().user_name, os.environ["DATABRICKS_CLIENT_ID"])
        stranger = WorkspaceClient(host=os.environ["DATABRICKS_HOST"], token="dapi0", auth_type="pat")
        with self.assertRaises(errors.PermissionDenied):
            stranger.current_user.me()

    def test_rows_come_in_chunks_with_their_types(self):
        made = self.execute("create table t as select id as n, cast(1.5 as decimal(10,2)) as d, timestamp'2001-02-03 04:05:06.25' as at, x'00ff' as b "
                            "from range(4500)")
        self.assertEqual(made.status.state, sql.StatementState.SUCCEEDED)
        read = self.execute("select * from t order by n")
        self.assertEqual([column.type_text for column in read.manifest.schema.columns], ["BIGINT", "DECIMAL(10,2)", "TIMESTAMP", "BINARY"])
        self.assertEqual(read.result.data_array[0], ["0", "1.50", "2001-02-03T04:05:06.250Z", "AP8="])
        self.assertEqual((read.manifest.total_row_count, read.manifest.total_chunk_count), (4500, 3))
        chunk = self.workspace.statement_execution.get_statement_result_chunk_n(read.statement_id, 2)
        self.assertEqual((chunk.data_array[-1][0], chunk.next_chunk_index), ("4499", None))
        with self.assertRaises(errors.BadRequest):
            self.workspace.statement_execution.get_statement_result_chunk_n(read.statement_id, 3)
        few = self.execute("select * from t", row_limit=2)
        self.assertEqual((len(few.result.data_array), few.manifest.truncated), (2, True))

    def test_rows_lie_behind_links(self):
        read = self.execute("select id from range(3) order by id", disposition=sql.Disposition.EXTERNAL_LINKS, format=sql.Format.JSON_ARRAY)
        link = read.result.external_links[0]
        self.assertEqual((link.chunk_index, link.row_count), (0, 3))
        self.assertIn("/storage/", link.external_link)

    def test_writes_are_counted_and_named_in_the_tables_history(self):
        self.execute("create table t as select id as n from range(5)")
        written = self.execute("insert into t select * from t")
        self.assertEqual(written.result.data_array, [["5", "5"]])
        history = self.execute("describe history t")
        place = [column.name for column in history.manifest.schema.columns].index("queryHistoryStatementId")
        self.assertEqual(history.result.data_array[0][place], written.statement_id)

    def test_faults_come_as_failed_statements(self):
        for statement, state in (("selec 1", "42601"), ("select nothing from range(1)", "42703"), ("select 1 div 0", "22012")):
            with self.subTest(statement=statement):
                failed = self.execute(statement)
                self.assertEqual(failed.status.state, sql.StatementState.FAILED)
                self.assertEqual(failed.status.error.error_code, sql.ServiceErrorCode.BAD_REQUEST)
                self.assertIn(f"SQLSTATE: {state}", failed.status.error.message)
        with self.assertRaises(errors.BadRequest):
            self.workspace.statement_execution.execute_statement("select 1", "nowhere")
        with self.assertRaises(errors.NotFound):
            self.workspace.statement_execution.get_statement("01234567-0000-0000-0000-000000000000")

    def test_a_statement_is_cancelled_and_is_in_the_history(self):
        begun = self.execute("select count(*) from range(10000000) a cross join range(10000000) b where (a.id * b.id) % 7 = 3", wait_timeout="0s",
                             query_tags=[sql.QueryTag(key="penstock", value="x")])
        self.workspace.statement_execution.cancel_execution(begun.statement_id)
        self.assertEqual(self.until_ended(begun.statement_id).status.state, sql.StatementState.CANCELED)
        listed = self.workspace.query_history.list(filter_by=sql.QueryFilter(statement_ids=[begun.statement_id], warehouse_ids=[WAREHOUSE]))
        self.assertEqual([(row.query_id, row.status) for row in listed.res], [(begun.statement_id, sql.QueryStatus.CANCELED)])

    def test_a_stopped_warehouse_starts(self):
        self.control.ask("warehouse", {"state": "STOPPED", "start_seconds": 1})
        self.assertEqual(self.workspace.warehouses.get(WAREHOUSE).state, sql.State.STOPPED)
        begun = self.execute("select 1", wait_timeout="0s")
        self.assertEqual(begun.status.state, sql.StatementState.PENDING)
        self.assertEqual(self.until_ended(begun.statement_id).status.state, sql.StatementState.SUCCEEDED)

    def test_a_result_goes_and_the_statement_after_it(self):
        begun = self.execute("select 1")
        self.addCleanup(self.control.set, ahead=0)
        self.control.set(ahead=2 * 3600)
        self.assertEqual(self.workspace.statement_execution.get_statement(begun.statement_id).status.state, sql.StatementState.CLOSED)
        self.control.set(ahead=13 * 3600)
        with self.assertRaises(errors.NotFound):
            self.workspace.statement_execution.get_statement(begun.statement_id)

    def test_tables_are_listed_and_described(self):
        self.execute("create table working_a (n int not null, v string)")
        self.execute("create view working_b as select 1 as n")
        self.control.set(page_rows=1)
        found = self.workspace.tables.list_summaries(CATALOG, schema_name_pattern=self.schema, table_name_pattern="working%")
        self.assertEqual([(one.full_name, one.table_type.value) for one in found],
                         [(f"{CATALOG}.{self.schema}.working_a", "MANAGED"), (f"{CATALOG}.{self.schema}.working_b", "VIEW")])
        table = self.workspace.tables.get(f"{CATALOG}.{self.schema}.working_a")
        self.assertEqual([(column.name, column.type_text, column.nullable) for column in table.columns], [("n", "int", False), ("v", "string", True)])
        with self.assertRaises(errors.NotFound):
            self.workspace.tables.get(f"{CATALOG}.{self.schema}.nowhere")


if __name__ == "__main__":
    unittest.main(verbosity=1)
