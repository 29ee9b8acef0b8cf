"""Projects that run on a contract server, and what they need around them."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PATIENCE_S = 90


class WithProjects(unittest.TestCase):
    PENSTOCK = ""

    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp(prefix="penstock-contract-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.environment = {**os.environ, "NO_COLOR": "1", "TZ": "UTC"}

    @staticmethod
    def flow(settings):
        return "{ " + ", ".join(f"{key}: {json.dumps(value)}" for key, value in settings.items()) + " }"

    def project(self, name, connection, pipelines):
        folder = os.path.join(self.folder, name)
        os.makedirs(os.path.join(folder, "pipelines"))
        with open(os.path.join(folder, "penstock.yaml"), "w", encoding="utf-8") as file:
            file.write(f"project: {name}\nconnections:\n  wh: {connection}\nenvironments:\n  test: {{ target: wh }}\n")
        for pipeline, text in pipelines.items():
            with open(os.path.join(folder, "pipelines", pipeline + ".yaml"), "w", encoding="utf-8") as file:
                file.write(text)
        return folder

    def penstock(self, folder, *arguments, code=0):
        done = subprocess.run([self.PENSTOCK, *arguments], cwd=folder, env=self.environment, capture_output=True, text=True, timeout=600, check=False)
        if code is not None:
            self.assertEqual(done.returncode, code, f"penstock {' '.join(arguments)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout + done.stderr

    def start(self, folder, *arguments):
        return subprocess.Popen([self.PENSTOCK, *arguments], cwd=folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True)

    def start_daemon(self, folder):
        daemon = subprocess.Popen([os.path.join(os.path.dirname(self.PENSTOCK), "penstockd"), "--port", "0"], cwd=folder, env=self.environment,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def end():
            daemon.terminate()
            daemon.wait(timeout=PATIENCE_S)
        self.addCleanup(end)
        return daemon

    def duckdb(self, database, sql):
        script = os.path.join(os.path.dirname(__file__), "..", "..", "deploy", "engines", "duckdb_sql.py")
        done = subprocess.run([sys.executable, script, os.environ["PENSTOCK_DUCKDB_LIBRARY"], database, sql], env=self.environment,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [tuple(line.split("\t")) for line in done.stdout.splitlines()]

    def until(self, what):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if what():
                return
            time.sleep(0.05)
        self.fail("it does not happen")


def main(cls):
    """The penstock to test is the first argument."""
    cls.PENSTOCK = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=1)
