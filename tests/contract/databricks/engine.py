"""Spark with Delta behind the contract server: statements side by side, each in a session of its own (deploy/engines/SparkSql.java)."""
import json
import os
import subprocess
import threading


class Engine:
    def __init__(self, program):
        environment = {**os.environ, "PENSTOCK_SPARK_CORES": "2"}
        self.process = subprocess.Popen([program, "sql"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
                                        env=environment, start_new_session=True)
        self.lock = threading.Lock()
        self.waiting = {}
        self.count = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, request):
        """The answer to a request that has an id. Blocks until it is there."""
        arrived = threading.Event()
        answer = {}
        with self.lock:
            self.waiting[request["id"]] = (arrived, answer)
            self._send(request)
        arrived.wait()
        return answer

    def run(self, sql, most_rows=1_000_000):
        """A statement of the server's own."""
        with self.lock:
            self.count += 1
            name = f"own-{self.count}"
        return self.ask({"id": name, "sql": sql, "most_rows": most_rows})

    def table(self, name):
        with self.lock:
            self.count += 1
            request = {"id": f"own-{self.count}", "table": name}
        return self.ask(request)

    def cancel(self, name):
        with self.lock:
            self._send({"cancel": name})

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def _send(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def _listen(self):
        for line in self.process.stdout:
            answer = json.loads(line)
            with self.lock:
                arrived, place = self.waiting.pop(answer["id"])
            place.update(answer)
            arrived.set()
        with self.lock:
            for arrived, place in self.waiting.values():
                place.update({"ok": False, "message": "the engine has ended", "sqlstate": "XX000"})
                arrived.set()
            self.waiting.clear()
