"""Jobs as the API keeps them, by a clock that tests move. A job takes effect when its time is over, not before: what is cancelled had none.

Sources, read 2026-11-30: the discovery document bigquery.v2 (Job, JobConfiguration, JobStatistics, ErrorProto, jobs.*), "Running jobs
programmatically" (ids of one's own, 409, location), "Error messages" (reasons and their statuses), google-cloud-python (a job that is not to be
seen for a while after a 409).
"""
import json
import re
import secrets
import subprocess
import threading

STATUS_OF = {"accessDenied": 403, "backendError": 503, "badRequest": 400, "billingNotEnabled": 403, "bytesBilledLimitExceeded": 400,
             "duplicate": 409, "internalError": 500, "invalid": 400, "invalidQuery": 400, "jobBackendError": 400, "jobInternalError": 400,
             "jobRateLimitExceeded": 400, "notFound": 404, "notImplemented": 501, "quotaExceeded": 403, "rateLimitExceeded": 403,
             "resourceInUse": 400, "resourcesExceeded": 400, "responseTooLarge": 403, "stopped": 200, "timeout": 400}
# Every statement of this server has read so much; BigQuery bills no less.
BYTES = 10 * 1024 * 1024
# A comment in a statement says how long it takes: the reference engine itself is done at once.
LASTS = re.compile(r"/\* lasts (\d+) ms \*/")
ENDLESS = "/* endless */"


class ApiError(Exception):
    def __init__(self, status, reason, message, location=None):
        super().__init__(message)
        self.status = status
        one = {"domain": "global", "reason": reason, "message": message}
        if location:
            one["location"] = location
        self.body = {"error": {"code": status, "message": message, "errors": [one]}}


class Engine:
    """Google's reference implementation in a process of its own, one question at a time."""

    def __init__(self, command, log):
        self.lock = threading.Lock()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8")

    def ask(self, **request):
        with self.lock:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        if not answer:
            raise ApiError(500, "internalError", "the engine of this server has died")
        return json.loads(answer)


class Job:
    def __init__(self, project, reference, configuration, created):
        self.project, self.id, self.location = project, reference["jobId"], reference["location"]
        self.configuration = configuration
        self.sql = configuration["query"]["query"]
        self.created, self.ends = created, None
        self.error, self.result = None, None
        self.has_ended = False

    def statement(self):
        query = self.configuration["query"]
        default = query.get("defaultDataset", {})
        project = default.get("projectId", self.project)
        for one in query.get("connectionProperties", []):
            if one["key"] == "dataset_project_id":
                project = one["value"]
        return {"sql": self.sql, "project": project, "dataset": default.get("datasetId", ""), "location": self.location}

    def destination(self):
        named = self.configuration["query"].get("destinationTable")
        return named or {"projectId": self.project, "datasetId": "_anonymous", "tableId": "anon" + self.id}

    def resource(self, now):
        state = "DONE" if self.has_ended else "PENDING" if now <= self.created else "RUNNING"
        status = {"state": state}
        if self.error:
            status |= {"errorResult": self.error, "errors": [self.error]}
        statistics = {"creationTime": str(int(self.created * 1000)), "startTime": str(int(self.created * 1000))}
        query = {}
        if self.result:
            query = {"statementType": self.result["type"], "totalBytesProcessed": str(BYTES), "totalBytesBilled": str(BYTES), "cacheHit": False}
            if "dml" in self.result:
                query["dmlStats"] = self.result["dml"]
                query["numDmlAffectedRows"] = str(sum(int(count) for count in self.result["dml"].values()))
            if "target" in self.result:
                query |= {"ddlTargetTable": self.result["target"], "ddlOperationPerformed": "SKIP" if "skipped" in self.result else "CREATE"}
            statistics["totalBytesProcessed"] = str(BYTES)
        if self.has_ended:
            statistics["endTime"] = str(int(self.ends * 1000))
        configuration = json.loads(json.dumps(self.configuration))
        configuration["jobType"] = "QUERY"
        if self.result and self.result["type"] == "SELECT":
            configuration["query"]["destinationTable"] = self.destination()
        return {"kind": "bigquery#job", "id": f"{self.project}:{self.location}.{self.id}", "etag": "x", "user_email": "etl@contract",
                "jobReference": {"projectId": self.project, "jobId": self.id, "location": self.location},
                "configuration": configuration, "status": status, "statistics": statistics | {"query": query}}


class Jobs:
    def __init__(self, engine, now):
        self.engine, self.now = engine, now
        self.lock = threading.RLock()
        self.all = {}
        self.duration_s = 0.0
        self.cancel_takes_s = 0.0
        self.invisible_s = 0.0
        self.failures = []
        self.fails_at_once = True  # What the resolver refuses gets no job.

    def settle(self):
        """Lets take effect what is due, in the order in which it is."""
        with self.lock:
            now = self.now()
            due = [job for job in list(self.all.values()) if not job.has_ended and job.ends is not None and job.ends <= now]
            for job in sorted(due, key=lambda one: one.ends):
                job.has_ended = True
                if job.error is None:
                    self.run(job)

    def run(self, job):
        for failure in self.failures:
            if failure["times"] > 0 and failure["sql"] in job.sql:
                failure["times"] -= 1
                job.error = {"reason": failure["reason"], "message": failure["message"]}
                return
        most = job.configuration["query"].get("maximumBytesBilled")
        if most is not None and int(most) < BYTES:
            job.error = {"reason": "bytesBilledLimitExceeded", "message": f"Query exceeded limit for bytes billed: {most}. {BYTES} or higher required."}
            return
        answer = self.engine.ask(**job.statement())
        if answer["ok"]:
            for place, field in enumerate(answer.get("fields", [])):
                field["name"] = field["name"] or f"f{place}_"
            job.result = answer
        else:
            job.error = {"reason": answer["reason"], "location": "query", "message": answer["message"]}

    def insert(self, project, body):
        configuration = body.get("configuration", {})
        if "query" not in configuration:
            raise ApiError(400, "invalid", "Required parameter is missing: query")
        if configuration["query"].get("useLegacySql", True):
            raise ApiError(501, "notImplemented", "this server does not know legacy SQL, which is what useLegacySql says by default")
        reference = dict(body.get("jobReference", {}))
        reference.setdefault("location", "US")
        reference.setdefault("jobId", "job_" + secrets.token_hex(12))
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,1024}", reference["jobId"]):
            raise ApiError(400, "invalid", "Invalid job ID \"" + reference["jobId"] + "\"")
        for key, value in configuration.get("labels", {}).items():
            if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key) or not re.fullmatch(r"[a-z0-9_-]{0,63}", value):
                raise ApiError(400, "invalid", f"Label {key}: {value} is not valid")
        self.settle()
        with self.lock:
            job = Job(project, reference, configuration, self.now())
            if configuration.get("dryRun"):
                return self.dry_run(job)
            key = (project, job.location.lower(), job.id)
            if key in self.all:
                raise ApiError(409, "duplicate", f"Already Exists: Job {project}:{job.location}.{job.id}")
            checked = self.engine.ask(**job.statement(), dry_run=True)
            if self.fails_at_once and not checked["ok"] and checked["reason"] == "invalidQuery":
                raise ApiError(400, checked["reason"], checked["message"], "query")
            lasts = LASTS.search(job.sql)
            job.ends = job.created + (int(lasts.group(1)) / 1000 if lasts else self.duration_s)
            if ENDLESS in job.sql:
                job.ends = None
            most = configuration.get("jobTimeoutMs")
            if most is not None and (job.ends is None or job.ends - job.created > int(most) / 1000):
                job.ends = job.created + int(most) / 1000
                job.error = {"reason": "stopped", "message": f"Job execution was cancelled: Job timed out after {int(most) // 1000}s"}
            self.all[key] = job
            return job.resource(job.created)

    def dry_run(self, job):
        checked = self.engine.ask(**job.statement(), dry_run=True)
        if not checked["ok"]:
            raise ApiError(STATUS_OF.get(checked["reason"], 400), checked["reason"], checked["message"], "query")
        resource = job.resource(job.created)
        resource["status"] = {"state": "DONE"}
        resource["statistics"] = {"creationTime": str(int(job.created * 1000)), "totalBytesProcessed": str(BYTES),
                                  "query": {"statementType": checked["type"], "totalBytesProcessed": str(BYTES),
                                            "totalBytesProcessedAccuracy": "PRECISE", "schema": {"fields": checked.get("fields", [])}}}
        return resource

    def find(self, project, job_id, location):
        """Without a location only the multi-regions are looked through."""
        self.settle()
        places = [location.lower()] if location else ["us", "eu"]
        for place in places:
            job = self.all.get((project, place, job_id))
            if job and job.created + self.invisible_s <= self.now():
                return job
        raise ApiError(404, "notFound", f"Not found: Job {project}:{(location + '.') if location else ''}{job_id}")

    def cancel(self, job):
        with self.lock:
            if not job.has_ended:
                job.ends = self.now() + self.cancel_takes_s
                job.error = {"reason": "stopped", "message": "Job execution was cancelled: User requested cancellation"}
        self.settle()
        return {"kind": "bigquery#jobCancelResponse", "job": job.resource(self.now())}

    def list(self, project, states, first, count):
        self.settle()
        now = self.now()
        found = [job for job in list(self.all.values()) if job.project == project]
        found.sort(key=lambda job: -job.created)
        resources = []
        for job in found:
            resource = job.resource(now)
            state = resource["status"]["state"]
            # A job that nobody has looked at since it was made is pending to the eye, and counts as what it is now.
            if not states or state.lower() in states:
                resources.append({"id": resource["id"], "jobReference": resource["jobReference"], "state": state, "kind": "bigquery#job",
                                  "status": resource["status"], "statistics": resource["statistics"]})
        answer = {"kind": "bigquery#jobList", "etag": "x", "jobs": resources[first:first + count]}
        if first + count < len(resources):
            answer["nextPageToken"] = str(first + count)
        return answer
