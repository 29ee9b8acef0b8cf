"""Statements as the Statement Execution API keeps them: what was asked, what state it is in, what it gave.

Source of the states, the shapes and the bounds: docs.databricks.com, "Statement Execution API"; the types in databricks-sdk 0.162.0
(service/sql.py). What a recorded workspace showed beyond them is marked "recorded"."""
import base64
import re
import threading
import uuid

INLINE_BYTES = 25 * 1024 * 1024
CHUNK_ROWS = 2000
ENDED = ("SUCCEEDED", "FAILED", "CANCELED", "CLOSED")

# ColumnInfoTypeName of the SDK.
TYPE_NAMES = {"bigint": "LONG", "int": "INT", "smallint": "SHORT", "tinyint": "BYTE", "void": "NULL"}


def without_comments(sql):
    return re.sub(r"^(\s|/\*.*?\*/|--[^\n]*\n)*", "", sql, flags=re.DOTALL)


class Statement:
    def __init__(self, server, body, user):
        self.server = server
        self.id = str(uuid.uuid4())
        self.body = body
        self.text = body["statement"]
        self.user = user
        self.started = server.now()
        self.ended = None
        self.state = "PENDING"
        self.error = None
        self.columns = []
        self.rows = []
        self.truncated = False
        self.cancelled = False
        self.lock = threading.Lock()
        self.done = threading.Event()

    def start(self):
        threading.Thread(target=self._work, daemon=True).start()

    def cancel(self):
        """May lose against the end of the statement."""
        with self.lock:
            if self.state in ENDED:
                return
            self.cancelled = True
            running = self.state == "RUNNING"
        if running:
            self.server.engine.cancel(self.id)
        else:
            self._end("CANCELED")

    def _work(self):
        if not self.server.wait_for_warehouse(self.body["warehouse_id"], self):
            return
        with self.lock:
            if self.state in ENDED:
                return
            self.state = "RUNNING"
        answer = self._answer()
        if not answer["ok"] and self.cancelled:
            return self._end("CANCELED")
        if not answer["ok"]:
            # Recorded: error_code is BAD_REQUEST whatever it was; the class stands in the message.
            self.error = {"error_code": "BAD_REQUEST", "message": answer["message"].strip().split("\n\n")[0], "sql_state": answer.get("sqlstate")}
            return self._end("FAILED")
        self.columns = answer["columns"]
        self.rows = answer["rows"]
        self.truncated = answer.get("truncated", False)
        self._bound()

    def _answer(self):
        request = {"id": self.id, "sql": self.text, "most_rows": self.body.get("row_limit", 1_000_000)}
        for key in ("catalog", "schema"):
            if self.body.get(key):
                request[key] = self.body[key]
        answer = self.server.engine.ask(request)
        if answer["ok"]:
            self._count(answer)
        return answer

    def _count(self, answer):
        """What a warehouse says beside Spark: INSERT counts its rows, CREATE TABLE AS names the columns of an INSERT and gives no row
        (recorded), and the history of a table names the statement."""
        sql = without_comments(self.text)
        inserted = re.match(r"insert\s+(?:into|overwrite)\s+(?:table\s+)?((?:`[^`]+`|[\w.])+)", sql, re.I)
        counts = [{"name": name, "type": "bigint"} for name in ("num_affected_rows", "num_inserted_rows")]
        if inserted:
            rows = self._metric(inserted[1], "numOutputRows")
            answer.update(columns=counts, rows=[[rows, rows]])
        elif re.match(r"create\s+(or\s+replace\s+)?table\s.*\bas\b", sql, re.I | re.S):
            answer.update(columns=counts, rows=[])
        elif re.match(r"describe\s+history\s", sql, re.I):
            at = [column["name"] for column in answer["columns"]].index("userMetadata")
            answer["columns"].append({"name": "queryHistoryStatementId", "type": "string"})
            for row in answer["rows"]:
                row.append(row[at])
                row[at] = None

    def _metric(self, table, name):
        history = self.server.engine.ask({"id": f"history-{self.id}", "sql": f"describe history {table}", "most_rows": 50,
                                          **{key: self.body[key] for key in ("catalog", "schema") if self.body.get(key)}})
        names = [column["name"] for column in history["columns"]]
        for row in history["rows"]:
            if row[names.index("userMetadata")] == self.id:
                return re.search(rf'"{name}":"(\d+)"', row[names.index("operationMetrics")])[1]
        return "0"

    def _bound(self):
        limit = self.body.get("byte_limit")
        size = 0
        for at, row in enumerate(self.rows):
            size += sum(len(cell or "") + 3 for cell in row)
            if limit and size > limit:
                self.rows = self.rows[:at]
                self.truncated = True
                break
        if size > INLINE_BYTES and not limit and self.body.get("disposition", "INLINE") == "INLINE":
            self.rows = []
            self.error = {"error_code": "BAD_REQUEST", "sql_state": None,
                          "message": "Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at "
                                     "most 26214400 bytes. Please execute the statement with disposition=EXTERNAL_LINKS."}
            return self._end("FAILED")
        self._end("SUCCEEDED")

    def _end(self, state):
        with self.lock:
            if self.state not in ENDED:
                self.state = state
                self.ended = self.server.now()
        self.done.set()

    # What the routes answer.

    def status(self):
        status = {"state": self.state}
        if self.error:
            status["error"] = {key: self.error[key] for key in ("error_code", "message")}
            if self.error["sql_state"]:
                status["sql_state"] = self.error["sql_state"]
        return status

    def answer(self):
        answer = {"statement_id": self.id, "status": self.status()}
        if self.state == "SUCCEEDED":
            answer["manifest"] = self.manifest()
            answer["result"] = self.chunk(0) if self.rows else ({"row_count": 0} if self.columns else {})
        return answer

    def manifest(self):
        columns = []
        for at, column in enumerate(self.columns):
            kind = re.match(r"\w+", column["type"])[0]
            entry = {"name": column["name"], "position": at, "type_text": column["type"].upper(), "type_name": TYPE_NAMES.get(kind, kind.upper())}
            if kind == "decimal":
                precision, scale = re.findall(r"\d+", column["type"])
                entry.update(type_precision=int(precision), type_scale=int(scale))
            columns.append(entry)
        chunks = [{"chunk_index": at // CHUNK_ROWS, "row_offset": at, "row_count": min(CHUNK_ROWS, len(self.rows) - at)}
                  for at in range(0, len(self.rows), CHUNK_ROWS)]
        return {"format": "JSON_ARRAY", "schema": {"column_count": len(columns), "columns": columns}, "total_row_count": len(self.rows),
                "total_chunk_count": len(chunks), "truncated": self.truncated, "chunks": chunks}

    def chunk(self, index):
        """None where there is no such chunk."""
        at = index * CHUNK_ROWS
        rows = self.rows[at:at + CHUNK_ROWS]
        if not rows:
            return None
        chunk = {"chunk_index": index, "row_offset": at, "row_count": len(rows)}
        if at + CHUNK_ROWS < len(self.rows):
            chunk.update(next_chunk_index=index + 1,
                         next_chunk_internal_link=f"/api/2.0/sql/statements/{self.id}/result/chunks/{index + 1}?row_offset={at + CHUNK_ROWS}")
        if self.body.get("disposition") == "EXTERNAL_LINKS":
            return {"external_links": [{**chunk, "external_link": self.server.link(self, index), "expiration": self.server.moment(900)}]}
        return {**chunk, "data_array": rows}

    def history_row(self):
        status = {"PENDING": "QUEUED", "SUCCEEDED": "FINISHED", "CLOSED": "FINISHED"}.get(self.state, self.state)
        row = {"query_id": self.id, "status": status, "query_text": self.text, "query_start_time_ms": int(self.started * 1000),
               "warehouse_id": self.body["warehouse_id"], "executed_as_user_name": self.user, "user_name": self.user,
               "is_final": self.state in ENDED, "rows_produced": len(self.rows)}
        if self.ended:
            row.update(query_end_time_ms=int(self.ended * 1000), execution_end_time_ms=int(self.ended * 1000),
                       duration=int((self.ended - self.started) * 1000))
        if self.error:
            row["error_message"] = self.error["message"]
        if self.body.get("query_tags"):
            row["query_tags"] = self.body["query_tags"]
        return row


def to_page_token(at):
    return base64.b64encode(f"+/{at}".encode()).decode()


def from_page_token(token):
    return int(base64.b64decode(token).decode()[2:])
