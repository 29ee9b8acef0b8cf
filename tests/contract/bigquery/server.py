"""BigQuery's REST API v2 as its documentation says, and Google's token services, with Google's own reference implementation of the SQL behind
it. Standard library only; it knows nothing of who asks.

    server.py --folder DIR --engine COMMAND...     writes DIR/address, DIR/key.json and DIR/project, and serves until it is ended

Whoever tests moves it by `/control/...`, which nobody has to log in for:

    POST /control/settings   {"duration_ms": 0, "cancel_takes_ms": 0, "invisible_ms": 0, "token_life_s": 3600, "fails_at_once": true,
                              "page_rows": 100000, "unreachable": [],
                              "failures": [{"sql": "insert into", "times": 1, "reason": "...", "message": "..."}]}   of jobs, by their SQL
    POST /control/faults     [{"method": "POST", "path": "/jobs$", "times": 1, "what": "drop"}], replacing those before; what is one of
                             status (with `status`, `reason`), refuse (no answer, nothing was done), drop (it was done, no answer), slow (`ms`),
                             expire (every token ends before it is looked at);
                             with `every` n only the first of n such requests
    POST /control/expire     every token that was given ends now
    POST /control/clock      {"advance_s": 60}
    POST /control/sql        {"sql": "...", "location": "EU"}: the engine's own answer, past jobs and logins
    GET  /control/jobs       every job as jobs.get tells it
    GET  /control/requests   method and path of every request; DELETE forgets them

Sources, read 2026-11-30: the discovery document bigquery.v2, and those named in login.py and jobs.py.
"""
import argparse
import json
import os
import re
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from jobs import STATUS_OF, ApiError, Engine, Jobs
from login import SUBJECT_TOKEN, Logins, Refusal

PROJECT = "contract"
LONGEST_WAIT_S = 200


class Clock:
    def __init__(self):
        self.offset = 0.0

    def now(self):
        return time.time() + self.offset


def mask_of(text):
    """The tree of a partial response's `fields`: a/b, a(b,c), commas. https://cloud.google.com/bigquery/docs/api-performance"""
    def items(at):
        tree = {}
        while at < len(text) and text[at] != ")":
            name = re.compile(r"[^,()/]+").match(text, at)
            at, chain = name.end(), [name.group(0)]
            while at < len(text) and text[at] == "/":
                name = re.compile(r"[^,()/]+").match(text, at + 1)
                at = name.end()
                chain.append(name.group(0))
            inner = {}
            if at < len(text) and text[at] == "(":
                inner, at = items(at + 1)
                at += 1
            node = tree
            for part in chain:
                node = node.setdefault(part, {})
            node.update(inner)
            if at < len(text) and text[at] == ",":
                at += 1
        return tree, at
    return items(0)[0]


def masked(value, mask):
    if not mask or not isinstance(value, (dict, list)):
        return value
    if isinstance(value, list):
        return [masked(one, mask) for one in value]
    return {key: masked(one, mask[key]) for key, one in value.items() if key in mask}


def with_times(cell, field, as_seconds):
    """Timestamps are microseconds where formatOptions.useInt64Timestamp asks for it, and otherwise seconds in floating point."""
    value = cell["v"]
    if value is None or not as_seconds:
        return cell
    if field["mode"] == "REPEATED":
        return {"v": [with_times(one, field | {"mode": "NULLABLE"}, True) for one in value]}
    if field["type"] == "RECORD":
        return {"v": {"f": [with_times(one, part, True) for one, part in zip(value["f"], field["fields"])]}}
    return {"v": repr(int(value) / 1e6)} if field["type"] == "TIMESTAMP" else cell


class Service:
    """All that the handlers share."""

    def __init__(self, folder, url, engine):
        self.clock = Clock()
        self.logins = Logins(folder, url, self.clock.now)
        self.engine = engine
        self.jobs = Jobs(engine, self.clock.now)
        self.page_rows = 100000
        self.unreachable = []
        self.faults = []
        self.requests = []
        self.lock = threading.Lock()

    def fault(self, method, path):
        with self.lock:
            for fault in self.faults:
                if fault["times"] <= 0 or fault.get("method", method) != method or not re.search(fault["path"], path):
                    continue
                fault["seen"] = fault.get("seen", -1) + 1
                if fault["seen"] % fault.get("every", 1) == 0:
                    fault["times"] -= 1
                    return fault
        return None

    def control(self, method, path, body):
        if path == "settings":
            for key, to, scale in (("duration_ms", "duration_s", 1000), ("cancel_takes_ms", "cancel_takes_s", 1000), ("invisible_ms", "invisible_s", 1000)):
                if key in body:
                    setattr(self.jobs, to, body[key] / scale)
            self.jobs.fails_at_once = body.get("fails_at_once", self.jobs.fails_at_once)
            self.jobs.failures = body.get("failures", self.jobs.failures)
            self.logins.life_s = body.get("token_life_s", self.logins.life_s)
            self.page_rows = body.get("page_rows", self.page_rows)
            self.unreachable = body.get("unreachable", self.unreachable)
        elif path == "faults":
            with self.lock:
                self.faults = body
        elif path == "expire":
            self.logins.tokens.clear()
        elif path == "clock":
            self.clock.offset += body["advance_s"]
        elif path == "jobs":
            self.jobs.settle()
            return [job.resource(self.clock.now()) for job in list(self.jobs.all.values())]
        elif path == "requests" and method == "DELETE":
            self.requests.clear()
        elif path == "requests":
            return list(self.requests)
        elif path == "sql":
            self.jobs.settle()
            return self.engine.ask(project=PROJECT, **body)
        elif path == "federation":
            return self.logins.federation_file(body["source"], body["impersonate"])
        return {}

    # ---- the API

    def api(self, method, path, query, body):
        routes = [
            ("POST", r"([^/]+)/jobs", lambda p: self.jobs.insert(p, body)),
            ("GET", r"([^/]+)/jobs", lambda p: self.list_jobs(p, query)),
            ("GET", r"([^/]+)/jobs/([^/]+)", lambda p, j: self.jobs.find(p, j, query.get("location", "")).resource(self.clock.now())),
            ("POST", r"([^/]+)/jobs/([^/]+)/cancel", lambda p, j: self.jobs.cancel(self.jobs.find(p, j, query.get("location", "")))),
            ("GET", r"([^/]+)/queries/([^/]+)", lambda p, j: self.results(p, j, query)),
            ("GET", r"([^/]+)/datasets", lambda p: self.list_datasets(p, query)),
            ("POST", r"([^/]+)/datasets", lambda p: self.make_dataset(p, body)),
            ("GET", r"([^/]+)/datasets/([^/]+)", self.dataset),
            ("DELETE", r"([^/]+)/datasets/([^/]+)", lambda p, d: self.drop(p, d, "schema", f"`{d}`")),
            ("GET", r"([^/]+)/datasets/([^/]+)/tables", lambda p, d: self.list_tables(p, d, query)),
            ("POST", r"([^/]+)/datasets/([^/]+)/tables", lambda p, d: self.make_table(p, d, body)),
            ("GET", r"([^/]+)/datasets/([^/]+)/tables/([^/]+)", self.table),
            ("DELETE", r"([^/]+)/datasets/([^/]+)/tables/([^/]+)", self.drop_table),
        ]
        for wanted, pattern, handler in routes:
            found = re.fullmatch("/bigquery/v2/projects/" + pattern, path)
            if found and wanted == method:
                answer = handler(*(unquote(part) for part in found.groups()))
                return masked(answer, mask_of(query["fields"])) if query.get("fields") and answer else answer
        raise ApiError(404, "notFound", "Not Found")

    def page(self, items, query, key, kind):
        first, count = int(query.get("pageToken") or 0), min(int(query.get("maxResults", 50)), self.page_rows)
        answer = {"kind": kind, "etag": "x", key: items[first:first + count], "totalItems": len(items)}
        if first + count < len(items):
            answer["nextPageToken"] = str(first + count)
        return answer

    def list_jobs(self, project, query):
        states = [state.lower() for state in query.get("stateFilter", "").split(",") if state]
        answer = self.jobs.list(project, states, int(query.get("pageToken") or 0), min(int(query.get("maxResults", 50)), self.page_rows))
        return answer | ({"unreachable": self.unreachable} if self.unreachable else {})

    def results(self, project, job_id, query):
        job = self.jobs.find(project, job_id, query.get("location", ""))
        until = time.monotonic() + min(int(query.get("timeoutMs", 10000)) / 1000, LONGEST_WAIT_S)
        while not job.has_ended and time.monotonic() < until:
            time.sleep(0.01)
            self.jobs.settle()
        answer = {"kind": "bigquery#getQueryResultsResponse", "etag": "x", "jobComplete": job.has_ended,
                  "jobReference": {"projectId": project, "jobId": job.id, "location": job.location}}
        if not job.has_ended:
            return answer
        # A job's failure becomes the request's.
        if job.error:
            raise ApiError(STATUS_OF.get(job.error["reason"], 400), job.error["reason"], job.error["message"], job.error.get("location"))
        statistics = job.resource(self.clock.now())["statistics"]["query"]
        answer |= {"totalBytesProcessed": statistics["totalBytesProcessed"], "cacheHit": False, "totalRows": "0"}
        if "numDmlAffectedRows" in statistics:
            answer["numDmlAffectedRows"] = statistics["numDmlAffectedRows"]
        if "rows" not in job.result:
            return answer
        rows, fields = job.result["rows"], job.result["fields"]
        first = int(query.get("pageToken") or query.get("startIndex") or 0)
        count = min(int(query.get("maxResults", self.page_rows)), self.page_rows)
        as_seconds = query.get("formatOptions.useInt64Timestamp", "false").lower() != "true"
        answer |= {"schema": {"fields": fields}, "totalRows": str(len(rows))}
        page = rows[first:first + count]
        if page:
            answer["rows"] = [{"f": [with_times(cell, field, as_seconds) for cell, field in zip(row["f"], fields)]} for row in page]
        if first + count < len(rows):
            answer["pageToken"] = str(first + count)
        return answer

    def catalogue(self, project):
        self.jobs.settle()
        return self.engine.ask(tables=True, project=project)

    def location_of(self, project, dataset):
        for one in self.catalogue(project)["datasets"]:
            if one["dataset"] == f"{project}.{dataset}":
                return one["location"]
        raise ApiError(404, "notFound", f"Not found: Dataset {project}:{dataset}")

    def dataset(self, project, dataset):
        where = self.location_of(project, dataset)
        return {"kind": "bigquery#dataset", "etag": "x", "id": f"{project}:{dataset}", "location": where,
                "datasetReference": {"projectId": project, "datasetId": dataset}}

    def list_datasets(self, project, query):
        mine = [one for one in self.catalogue(project)["datasets"] if one["dataset"].startswith(project + ".")]
        items = [{"kind": "bigquery#dataset", "id": one["dataset"].replace(".", ":"), "location": one["location"],
                  "datasetReference": {"projectId": project, "datasetId": one["dataset"].split(".")[1]}} for one in mine]
        return self.page(items, query, "datasets", "bigquery#datasetList")

    def make_dataset(self, project, body):
        name = body["datasetReference"]["datasetId"]
        if any(one["dataset"] == f"{project}.{name}" for one in self.catalogue(project)["datasets"]):
            raise ApiError(409, "duplicate", f"Already Exists: Dataset {project}:{name}")
        self.engine.ask(dataset_made=name, project=project, location=body.get("location", "US"))
        return self.dataset(project, name)

    def resource_of(self, table, whole):
        project, dataset, name = table["table"].split(".")
        resource = {"kind": "bigquery#table", "id": f"{project}:{dataset}.{name}", "type": table["kind"],
                    "tableReference": {"projectId": project, "datasetId": dataset, "tableId": name}}
        if whole:
            resource |= {"etag": "x", "schema": {"fields": table["fields"]}, "numRows": table["rows"], "location": self.location_of(project, dataset)}
        return resource

    def tables_of(self, project, dataset):
        self.location_of(project, dataset)
        return [one for one in self.catalogue(project)["tables"] if one["table"].startswith(f"{project}.{dataset}.")]

    def list_tables(self, project, dataset, query):
        return self.page([self.resource_of(one, False) for one in self.tables_of(project, dataset)], query, "tables", "bigquery#tableList")

    def table(self, project, dataset, name):
        for one in self.tables_of(project, dataset):
            if one["table"] == f"{project}.{dataset}.{name}":
                return self.resource_of(one, True)
        raise ApiError(404, "notFound", f"Not found: Table {project}:{dataset}.{name}")

    def make_table(self, project, dataset, body):
        name = body["tableReference"]["tableId"]
        columns = ", ".join(f"`{field['name']}` {field['type'].replace('INTEGER', 'INT64').replace('BOOLEAN', 'BOOL').replace('FLOAT', 'FLOAT64')}"
                            for field in body["schema"]["fields"])
        self.ask(project, dataset, f"create table `{dataset}`.`{name}` ({columns})")
        return self.table(project, dataset, name)

    def drop(self, project, dataset, kind, name):
        self.ask(project, dataset, f"drop {kind} {name}")

    def drop_table(self, project, dataset, name):
        kind = "view" if self.table(project, dataset, name)["type"] == "VIEW" else "table"
        self.drop(project, dataset, kind, f"`{dataset}`.`{name}`")

    def ask(self, project, dataset, sql):
        answer = self.engine.ask(sql=sql, project=project, location=self.location_of(project, dataset))
        if not answer["ok"]:
            raise ApiError(STATUS_OF.get(answer["reason"], 400), answer["reason"], answer["message"])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service = None

    def log_message(self, *_):
        pass

    def hang_up(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def send(self, status, body, headers=()):
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(204 if body is None and status == 200 else status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def read_body(self):
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return {key: values[0] for key, values in parse_qs(content.decode()).items()}
        return json.loads(content) if content else {}

    def answer(self, path, query, body):
        service = self.service
        if path in ("/token", "/v1/token"):
            return service.logins.grant(body)
        if path == "/identity":
            # Somebody else's: it wants a header of its own, and answers in JSON.
            if self.headers.get("X-Who") != "me":
                raise Refusal("forbidden", "who are you?", 403)
            return {"its_token": SUBJECT_TOKEN}
        if path == "/computeMetadata/v1/instance/service-accounts/default/token":
            if self.headers.get("Metadata-Flavor") != "Google":
                raise Refusal("forbidden", "Missing Metadata-Flavor:Google header.", 403)
            return {"access_token": service.logins.give(), "expires_in": service.logins.life_s, "token_type": "Bearer"}
        # Who is not known hears nothing else.
        if not service.logins.lets_in(self.headers.get("Authorization")):
            reason, text = ("authError", "Invalid Credentials") if self.headers.get("Authorization") else ("required", "Login Required.")
            raise ApiError(401, reason, text)
        if path.endswith(":generateAccessToken"):
            return {"accessToken": service.logins.give(), "expireTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(service.clock.now() + 3600))}
        return service.api(self.command, path, query, body)

    def serve(self):
        url = urlsplit(self.path)
        query = {key: ",".join(values) for key, values in parse_qs(url.query).items()}
        body = self.read_body()
        if url.path.startswith("/control/"):
            return self.send(200, self.service.control(self.command, url.path[len("/control/"):], body))
        self.service.requests.append([self.command, self.path])
        fault = self.service.fault(self.command, url.path) or {}
        if fault.get("what") == "slow":
            time.sleep(fault["ms"] / 1000)
        if fault.get("what") == "expire":
            self.service.logins.tokens.clear()
        if fault.get("what") == "refuse":
            return self.hang_up()
        if fault.get("what") == "status":
            error = ApiError(fault["status"], fault.get("reason", "backendError"), "a fault of this test")
            return self.send(error.status, error.body if fault.get("reason") != "" else {})
        try:
            status, answer, headers = 200, self.answer(url.path, query, body), ()
        except ApiError as error:
            status, answer = error.status, error.body
            headers = (("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\""),) if status == 401 else ()
        except Refusal as refusal:
            status, answer, headers = refusal.status, refusal.body, ()
        if fault.get("what") == "drop":
            return self.hang_up()
        return self.send(status, answer, headers)

    do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = serve


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--folder", required=True)
    arguments.add_argument("--engine", nargs=argparse.REMAINDER, required=True)
    given = arguments.parse_args()
    server = Server(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    with open(os.path.join(given.folder, "engine.log"), "wb") as log:
        engine = Engine(given.engine, log)
    Handler.service = Service(given.folder, url, engine)
    engine.ask(tables=True, project=PROJECT)
    for name, text in (("key.json", json.dumps(Handler.service.logins.key_file())), ("project", PROJECT), ("address", url)):
        with open(os.path.join(given.folder, name + ".new"), "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(os.path.join(given.folder, name + ".new"), os.path.join(given.folder, name))
    try:
        server.serve_forever()
    finally:
        engine.process.stdin.close()


if __name__ == "__main__":
    sys.exit(main())
