"""A Databricks workspace as its published REST API describes it, with Spark and Delta behind it.

    server.py SPARK               SPARK is deploy/engines/spark; prints one JSON object when it is ready, ends with its standard input
    server.py SPARK --env FILE    writes what a shell reads into the file when it is ready, ends by a signal

Written from docs.databricks.com (Statement Execution API, Query History API, Unity Catalog tables, OAuth M2M, SQL warehouses) and the types of
databricks-sdk 0.162.0, whose client is held against it in sdk_test.py. What is done otherwise than by a workspace:

  - catalogues: there is one, Spark's own (spark_catalog);
  - the commit of a statement is marked with its id, which a workspace shows in DESCRIBE HISTORY as queryHistoryStatementId.

Tests turn the screws under /control/, which needs no token (CONTROLS below).
"""
import argparse
import base64
import fnmatch
import hmac
import json
import os
import re
import secrets
import signal
import sys
import threading
import time
import urllib.parse
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from engine import Engine
from statements import ENDED, Statement, from_page_token, to_page_token

WAREHOUSE = "1a2b3c4d5e6f7a8b"
CATALOG = "spark_catalog"


class Refusal(Exception):
    def __init__(self, status, code, message, headers=()):
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers)


class Workspace:
    def __init__(self, engine):
        self.engine = engine
        self.lock = threading.Lock()
        self.ahead = 0.0  # Of the real clock, in seconds.
        self.history_lag = 0.0
        self.token_life = 3600.0
        self.kept_for = 12 * 3600.0
        self.page_rows = 100
        self.personal = {}
        self.clients = {}
        self.issued = {}
        self.warehouses = {WAREHOUSE: {"name": "etl", "state": "RUNNING", "start_seconds": 0.0}}
        self.statements = {}
        self.faults = []
        self.requests = []
        self.link_secret = secrets.token_hex(16)
        self.url = ""

    def now(self):
        return time.time() + self.ahead

    def moment(self, seconds):
        return datetime.fromtimestamp(self.now() + seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    # Who asks.

    def user_of(self, authorization):
        kind, _, token = (authorization or "").partition(" ")
        if kind != "Bearer":
            raise Refusal(401, "UNAUTHENTICATED", "Request to get commands for context failed with no credentials")
        with self.lock:
            if token in self.personal:
                return self.personal[token]
            if token in self.issued:
                client, until = self.issued[token]
                if self.now() < until:
                    return client
                raise Refusal(401, "UNAUTHENTICATED", "Token is expired")
        # Recorded: a personal token that is not known gives 403 with a number in the place of the code.
        raise Refusal(403, 403, "Invalid access token.")

    def issue(self, authorization, form):
        """OAuth 2.0 client credentials, docs.databricks.com "OAuth M2M"."""
        kind, _, text = (authorization or "").partition(" ")
        client, _, secret = base64.b64decode(text).decode().partition(":") if kind == "Basic" else ("", "", "")
        client, secret = urllib.parse.unquote(client), urllib.parse.unquote(secret)
        if not hmac.compare_digest(self.clients.get(client, ""), secret) or not client:
            return 401, {"error": "invalid_client", "error_description": "Client authentication failed"}
        if form.get("grant_type") != ["client_credentials"]:
            return 400, {"error": "unsupported_grant_type"}
        if form.get("scope") != ["all-apis"]:
            return 400, {"error": "invalid_scope", "error_description": "all-apis is the scope"}
        token = secrets.token_urlsafe(40)
        with self.lock:
            self.issued[token] = (client, self.now() + self.token_life)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": int(self.token_life), "scope": "all-apis"}

    # Statements.

    def wait_for_warehouse(self, name, statement):
        """True when it runs; a submit starts one that is stopped."""
        while not statement.cancelled:
            with self.lock:
                warehouse = self.warehouses[name]
                if warehouse["state"] == "RUNNING":
                    return True
                if warehouse["state"] == "STOPPED":
                    warehouse.update(state="STARTING", runs_at=self.now() + warehouse["start_seconds"])
                if warehouse["state"] == "STARTING" and self.now() >= warehouse["runs_at"]:
                    warehouse["state"] = "RUNNING"
            time.sleep(0.02)
        return False

    def execute(self, body, user):
        if not isinstance(body.get("statement"), str) or not body["statement"].strip():
            raise Refusal(400, "INVALID_PARAMETER_VALUE", "Missing required field: statement")
        if len(body["statement"].encode()) > 16 * 1024 * 1024:
            raise Refusal(400, "INVALID_PARAMETER_VALUE", "statement is longer than 16 MiB")
        if body.get("warehouse_id") not in self.warehouses:
            raise Refusal(400, "INVALID_PARAMETER_VALUE", f"{body.get('warehouse_id')} is not a valid endpoint id.")
        wait = re.fullmatch(r"(\d+)s", body.get("wait_timeout", "10s"))
        if not wait or not (int(wait[1]) == 0 or 5 <= int(wait[1]) <= 50):
            raise Refusal(400, "INVALID_PARAMETER_VALUE", "wait_timeout must be 0s or between 5s and 50s")
        if body.get("format", "JSON_ARRAY") != "JSON_ARRAY":
            raise Refusal(400, "INVALID_PARAMETER_VALUE", "this server has JSON_ARRAY only")
        for tag in body.get("query_tags", []):
            if not tag.get("key") or max(len(tag["key"]), len(tag.get("value") or "")) > 128:
                raise Refusal(400, "INVALID_PARAMETER_VALUE", "a query tag has a key, and neither part is longer than 128 characters")
        statement = Statement(self, body, user)
        with self.lock:
            self.statements[statement.id] = statement
        statement.start()
        statement.done.wait(int(wait[1]))
        if body.get("on_wait_timeout") == "CANCEL" and int(wait[1]) > 0 and not statement.done.is_set():
            statement.cancel()
            statement.done.wait()
        return statement.answer()

    def statement(self, name):
        if not re.fullmatch(r"[0-9a-f-]{36}", name):
            raise Refusal(400, "INVALID_PARAMETER_VALUE", f"{name} is not a valid statement id.")
        with self.lock:
            statement = self.statements.get(name)
        # Gone 12 hours after its end; the result an hour after it.
        if statement is None or (statement.ended and self.now() > statement.ended + self.kept_for):
            raise Refusal(404, "NOT_FOUND", f"The statement {name} was not found.")
        if statement.state == "SUCCEEDED" and self.now() > statement.ended + 3600:
            statement.state = "CLOSED"
        return statement

    def chunk(self, name, index):
        statement = self.statement(name)
        if statement.state != "SUCCEEDED":
            raise Refusal(404, "NOT_FOUND", f"The statement {name} has no result.")
        chunk = statement.chunk(index)
        if chunk is None:
            raise Refusal(400, "INVALID_PARAMETER_VALUE", f"chunk {index} is out of range")
        return chunk

    def link(self, statement, index):
        until = int(self.now() + 900)
        what = f"{statement.id}/{index}/{until}"
        signature = hmac.new(self.link_secret.encode(), what.encode(), "sha256").hexdigest()
        return f"{self.url}/storage/{what}/{signature}"

    def stored(self, path, authorization):
        """An external link: it carries its own right, and cloud stores refuse a second one in the Authorization header."""
        _, _, name, index, until, signature = path.split("/")
        expected = hmac.new(self.link_secret.encode(), f"{name}/{index}/{until}".encode(), "sha256").hexdigest()
        if authorization:
            raise Refusal(400, "InvalidArgument", "Only one auth mechanism allowed")
        if not hmac.compare_digest(expected, signature) or self.now() > int(until):
            raise Refusal(403, "AccessDenied", "Request has expired")
        at = int(index) * 2000
        return self.statements[name].rows[at:at + 2000]

    # Query history: newest first, and a statement shows only after a while.

    def history(self, query):
        def value(key, otherwise=None):
            return query.get(key, [otherwise])[0]
        with self.lock:
            rows = [one for one in self.statements.values() if self.now() >= one.started + self.history_lag]
        since, until = int(value("filter_by.query_start_time_range.start_time_ms", 0)), int(value("filter_by.query_start_time_range.end_time_ms", 1 << 62))
        wanted = {key: query.get(f"filter_by.{key}") for key in ("warehouse_ids", "statement_ids", "statuses")}
        most = int(value("max_results", 100))
        if most >= 1000:
            raise Refusal(400, "INVALID_PARAMETER_VALUE", "max_results must be less than 1000")
        listed = []
        for one in sorted(rows, key=lambda one: -one.started):
            row = one.history_row()
            if not since <= row["query_start_time_ms"] <= until:
                continue
            keys = {"warehouse_ids": "warehouse_id", "statement_ids": "query_id", "statuses": "status"}
            if all(values is None or row[keys[key]] in values for key, values in wanted.items()):
                listed.append(row)
        if value("include_metrics") == "true":
            for row in listed:
                row["metrics"] = {"read_bytes": 1234, "total_time_ms": row.get("duration", 0), "rows_produced_count": row["rows_produced"]}
        at = from_page_token(value("page_token")) if value("page_token") else 0
        most = min(most, self.page_rows)
        page = {"res": listed[at:at + most], "has_next_page": at + most < len(listed)}
        if page["has_next_page"]:
            page["next_page_token"] = to_page_token(at + most)
        return page

    # Unity Catalog.

    def table(self, full_name):
        parts = full_name.split(".")
        if len(parts) != 3:
            raise Refusal(400, "INVALID_PARAMETER_VALUE", f"{full_name} is not the full name of a table")
        if parts[0] != CATALOG:
            raise Refusal(404, "CATALOG_DOES_NOT_EXIST", f"Catalog '{parts[0]}' does not exist.")
        answer = self.engine.table(".".join(f"`{part}`" for part in parts[1:]))
        if not answer["ok"]:
            raise Refusal(404, "TABLE_DOES_NOT_EXIST", f"Table '{full_name}' does not exist.")
        columns = [{"name": column["name"], "type_text": column["type"], "type_name": column["type"].upper(), "position": at,
                    "nullable": column["nullable"]} for at, column in enumerate(answer["columns"])]
        return {"name": parts[2], "catalog_name": parts[0], "schema_name": parts[1], "full_name": full_name,
                "table_type": "VIEW" if answer["view"] else "MANAGED", "columns": columns}

    def schema(self, full_name):
        catalog, _, name = full_name.partition(".")
        if catalog != CATALOG or [name] not in self.engine.run("show schemas")["rows"]:
            raise Refusal(404, "SCHEMA_DOES_NOT_EXIST", f"Schema '{full_name}' does not exist.")
        return {"name": name, "catalog_name": catalog, "full_name": full_name}

    def summaries(self, query):
        def like(key):
            return query.get(key, ["%"])[0].replace("%", "*").replace("_", "?") or "*"
        found = []
        for (schema,) in self.engine.run("show schemas")["rows"]:
            if query.get("catalog_name") == [CATALOG] and fnmatch.fnmatchcase(schema, like("schema_name_pattern")):
                for row in self.engine.run(f"show tables in `{schema}`")["rows"]:
                    if row[0] == schema and fnmatch.fnmatchcase(row[1], like("table_name_pattern")):
                        found.append((schema, row[1]))
        at = from_page_token(query["page_token"][0]) if "page_token" in query else 0
        page = []
        for schema, name in sorted(found)[at:at + self.page_rows]:
            view = self.engine.table(f"`{schema}`.`{name}`").get("view", False)
            page.append({"full_name": f"{CATALOG}.{schema}.{name}", "table_type": "VIEW" if view else "MANAGED"})
        return {"tables": page, **({"next_page_token": to_page_token(at + self.page_rows)} if at + self.page_rows < len(found) else {})}

    # The screws.

    def control(self, what, body):
        if what == "set":  # Of these: ahead, history_lag, token_life, kept_for, page_rows.
            for key, value in body.items():
                setattr(self, key, type(getattr(self, key))(value))
        elif what == "personal":  # {token: user}; a user of null takes the token away.
            with self.lock:
                self.personal = {key: user for key, user in {**self.personal, **body}.items() if user}
        elif what == "clients":
            self.clients.update(body)
        elif what == "revoke":  # Every token that was issued.
            self.issued.clear()
        elif what == "warehouse":
            self.warehouses.setdefault(body.pop("id", WAREHOUSE), {"name": "etl", "start_seconds": 0.0}).update(body)
        elif what == "faults":  # [{"on": "POST /api/2.0/sql/statements", "times": 1, "skip": 0, ...}], see Handler.misbehave.
            self.faults = body
        elif what == "sql":  # One statement of the test's own.
            return self.engine.run(body["statement"])
        elif what == "forget":  # What was asked.
            self.requests.clear()
        elif what == "state":
            with self.lock:
                statements = [{**one.history_row(), "state": one.state} for one in self.statements.values()]
            return {"requests": list(self.requests), "statements": statements, "warehouses": self.warehouses}
        else:
            raise Refusal(404, "ENDPOINT_NOT_FOUND", what)
        return {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    workspace = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer("GET")

    def do_POST(self):
        self.answer("POST")

    def do_DELETE(self):
        self.answer("DELETE")

    def answer(self, method):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urllib.parse.urlsplit(self.path)
        if not url.path.startswith("/control/"):
            self.workspace.requests.append(f"{method} {url.path}")
        fault = self.fault(f"{method} {url.path}")
        if fault and self.misbehave(fault):
            return
        try:
            status, answer = self.route(method, url.path, urllib.parse.parse_qs(url.query), body)
            headers = {}
        except Refusal as refusal:
            status, headers = refusal.status, refusal.headers
            answer = {"error_code": refusal.code, "message": refusal.message}
        if fault and fault.get("then") == "drop":
            # It was done, and nobody hears of it.
            self.close_connection = True
            return
        self.send(status, json.dumps(answer).encode(), headers)

    def send(self, status, content, headers=None, kind="application/json"):
        self.send_response(status)
        for key, value in {"Content-Type": kind, "Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    def fault(self, request):
        with self.workspace.lock:
            for fault in self.workspace.faults:
                if re.fullmatch(fault["on"], request) and fault.get("times", 1) > 0:
                    if fault.get("skip", 0) > 0:
                        fault["skip"] -= 1
                        continue
                    fault["times"] = fault.get("times", 1) - 1
                    return fault
        return None

    def misbehave(self, fault):
        """True where that was the answer. {"wait": seconds} only delays; {"then": "drop"} is done, and the connection breaks;
        {"instead": "drop"} breaks it before; {"status": 503, "code": "...", "headers": {}} refuses; {"body": "..."} answers that."""
        time.sleep(fault.get("wait", 0))
        if fault.get("instead") == "drop":
            self.close_connection = True
            return True
        if "status" in fault:
            error = {"error_code": fault.get("code", "TEMPORARILY_UNAVAILABLE"), "message": "as the test wanted it"}
            self.send(fault["status"], json.dumps(error).encode(), fault.get("headers"))
            return True
        if "body" in fault:
            self.send(200, fault["body"].encode("latin-1"), kind=fault.get("kind", "application/json"))
            return True
        return False

    def route(self, method, path, query, body):
        workspace = self.workspace
        if path.startswith("/control/"):
            return 200, workspace.control(path[len("/control/"):], json.loads(body or b"{}"))
        if path.startswith("/storage/"):
            return 200, workspace.stored(path, self.headers.get("Authorization"))
        if (method, path) == ("POST", "/oidc/v1/token"):
            return workspace.issue(self.headers.get("Authorization"), urllib.parse.parse_qs(body.decode()))
        # Where clients of the vendor's look first; both need no token.
        if path == "/.well-known/databricks-config":
            return 200, {"oidc_endpoint": f"{workspace.url}/oidc", "host_type": "workspace", "workspace_id": "1234567890"}
        if path == "/oidc/.well-known/oauth-authorization-server":
            return 200, {"authorization_endpoint": f"{workspace.url}/oidc/v1/authorize", "token_endpoint": f"{workspace.url}/oidc/v1/token"}
        user = workspace.user_of(self.headers.get("Authorization"))
        if method == "POST" and path == "/api/2.0/sql/statements":
            try:
                wanted = json.loads(body)
            except ValueError:
                raise Refusal(400, "MALFORMED_REQUEST", "Invalid JSON given in the body of the request")
            return 200, workspace.execute(wanted, user)
        if method == "POST" and (found := re.fullmatch(r"/api/2\.0/sql/statements/([^/]+)/cancel", path)):
            # Recorded: 200 and {} whatever there is to cancel.
            if found[1] in workspace.statements:
                workspace.statements[found[1]].cancel()
            return 200, {}
        if method != "GET":
            raise Refusal(404, "ENDPOINT_NOT_FOUND", f"No API found for '{method} {path}'")
        if found := re.fullmatch(r"/api/2\.0/sql/statements/([^/]+)", path):
            return 200, workspace.statement(found[1]).answer()
        if found := re.fullmatch(r"/api/2\.0/sql/statements/([^/]+)/result/chunks/(\d+)", path):
            return 200, workspace.chunk(found[1], int(found[2]))
        if path == "/api/2.0/sql/history/queries":
            return 200, workspace.history(query)
        if found := re.fullmatch(r"/api/2\.0/sql/warehouses/([^/]+)", path):
            if found[1] not in workspace.warehouses:
                raise Refusal(404, "RESOURCE_DOES_NOT_EXIST", f"{found[1]} is not a valid endpoint id.")
            warehouse = workspace.warehouses[found[1]]
            return 200, {"id": found[1], "name": warehouse["name"], "state": warehouse["state"], "cluster_size": "X-Small", "warehouse_type": "PRO"}
        if path == "/api/2.0/preview/scim/v2/Me":
            return 200, {"userName": user, "active": True, "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}
        if found := re.fullmatch(r"/api/2\.1/unity-catalog/tables/(.+)", path):
            return 200, workspace.table(urllib.parse.unquote(found[1]))
        if found := re.fullmatch(r"/api/2\.1/unity-catalog/schemas/(.+)", path):
            return 200, workspace.schema(urllib.parse.unquote(found[1]))
        if path == "/api/2.1/unity-catalog/table-summaries":
            return 200, workspace.summaries(query)
        raise Refusal(404, "ENDPOINT_NOT_FOUND", f"No API found for 'GET {path}'")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("spark")
    parser.add_argument("--env")
    arguments = parser.parse_args()
    engine = Engine(arguments.spark)
    workspace = Handler.workspace = Workspace(engine)
    ThreadingHTTPServer.request_queue_size = 1024
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    workspace.url = f"http://127.0.0.1:{server.server_port}"
    token, client_secret = "dapi" + secrets.token_hex(16), secrets.token_hex(16)
    workspace.personal[token] = "etl@penstock.example"
    workspace.clients["0b1c2d3e-0000-4000-8000-000000000000"] = client_secret
    threading.Thread(target=server.serve_forever, daemon=True).start()
    engine.run("select 1")
    place = {"url": workspace.url, "token": token, "client_id": next(iter(workspace.clients)), "client_secret": client_secret,
             "warehouse": WAREHOUSE, "catalog": CATALOG}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        if arguments.env:
            write_environment(arguments.env, place)
            signal.pause()
        print(json.dumps(place), flush=True)
        sys.stdin.read()
    finally:
        engine.close()


def write_environment(path, place):
    names = {"url": "DATABRICKS_HOST", "token": "DATABRICKS_TOKEN", "warehouse": "DATABRICKS_WAREHOUSE", "catalog": "DATABRICKS_CATALOG",
             "client_id": "DATABRICKS_CLIENT_ID", "client_secret": "DATABRICKS_CLIENT_SECRET"}
    with open(path + ".new", "w") as file:
        file.writelines(f"export {name}='{place[key]}'\n" for key, name in names.items())
        file.write("export PENSTOCK_TEST_DATABRICKS=\"$DATABRICKS_HOST\"\n")
    os.rename(path + ".new", path)


if __name__ == "__main__":
    main()
