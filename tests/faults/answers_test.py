"""Stands between the command line and a real daemon and spoils one answer of each command: a value is missing, is of another kind, or the
whole is no JSON, is nested without end, or is something else. The command ends by itself, with an exit code of its own, and says why.

    answers_test.py PENSTOCK [--rounds N] [--seed N]
"""
import argparse
import collections
import http.server
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

PATIENCE_S = 60
COMMANDS = [["run", "one"], ["status"], ["status", "one"], ["logs", "one"], ["plan"], ["lineage", "one"], ["lineage", "one.n"], ["retry", "one"],
            ["backfill", "one", "--from", "2026-01-01", "--to", "2026-01-03", "--dry-run"], ["backfill", "one", "--from", "2026-01-01", "--to", "2026-01-02"],
            ["cancel", "one"], ["doctor"], ["status", "-o", "json"], ["plan", "-o", "json"], ["run", "one", "-o", "ndjson"]]
OTHERS = [None, True, -1, 1.5, 10**30, "", "\u0000\ud800", [], {}, [[]], [None], {"id": {}}]


def places(value, path=()):
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], path + (key,))


def spoiled(text, chance):
    """The text of an answer with one thing wrong."""
    kind = chance.randrange(10)
    if kind == 0:
        return chance.choice(["", "no JSON", text[:len(text) // 2], "[" * 100_000, "[" * 100_000 + "]" * 100_000, "\xff\xfe"])
    try:
        value = json.loads(text)
    except ValueError:
        return text
    path = chance.choice(list(places(value)))
    if not path:
        return json.dumps(chance.choice(OTHERS))
    around = value
    for key in path[:-1]:
        around = around[key]
    if kind < 5:
        del around[path[-1]]
    else:
        around[path[-1]] = chance.choice(OTHERS)
    return json.dumps(value)


class Between(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, daemon):
        super().__init__(("127.0.0.1", 0), Handler)
        self.daemon, self.chance, self.left, self.lock = daemon, random.Random(0), 0, threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def arm(self, chance, after):
        with self.lock:
            self.chance, self.left = chance, after

    def passed(self, text):
        with self.lock:
            self.left -= 1
            return spoiled(text, self.chance) if self.left == 0 else text


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_message(self, *_):
        pass

    def forward(self):
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "accept-encoding", "content-length")}
        request = urllib.request.Request(self.server.daemon + self.path, data=self.rfile.read(length) if length else None, headers=headers, method=self.command)
        try:
            answer = urllib.request.urlopen(request, timeout=PATIENCE_S)
        except urllib.error.HTTPError as refused:
            answer = refused
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
        self.end_headers()
        if "event-stream" in answer.headers.get("Content-Type", ""):
            for line in answer:
                text = line.decode()
                self.wfile.write((("data: " + self.server.passed(text[6:].rstrip("\n")) + "\n") if text.startswith("data: ") else text).encode("utf-8", "replace"))
                self.wfile.flush()
        else:
            self.wfile.write(self.server.passed(answer.read().decode()).encode("utf-8", "replace"))

    def do_GET(self):
        try:
            self.forward()
        except (OSError, ValueError):
            pass

    do_POST = do_GET


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("penstock")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261130)
    chosen = parser.parse_args()
    root = pathlib.Path(tempfile.mkdtemp(prefix="penstock-answers-"))
    (root / "penstock.yaml").write_text('project: answers\nconnections:\n  here: { type: duckdb, path: "answers.duckdb" }\nenvironments:\n  test: { target: here }\n')
    (root / "pipelines").mkdir()
    (root / "pipelines" / "one.yaml").write_text(
        'pipeline: one\nschedule: { cron: "0 0 1 1 *", timezone: UTC, interval: day }\nsteps:\n  - name: one\n    sql: select 1 as n\n    publish: append\n'
        "    checks: [{ not_null: n }]\n")
    penstock = os.path.abspath(chosen.penstock)
    environment = {**os.environ, "NO_COLOR": "1"}
    daemon = subprocess.Popen([penstock + "d", "-C", root, "--port", "0"], env=environment, stderr=subprocess.PIPE, text=True)
    address = next(line for line in daemon.stderr if " at http" in line).rsplit(" at ", 1)[1].strip()
    threading.Thread(target=daemon.stderr.read, daemon=True).start()
    between, failures, codes = Between(address), [], collections.Counter()

    def call(words):
        started = time.monotonic()
        done = subprocess.run([penstock, "-C", root, "--server", f"http://127.0.0.1:{between.server_address[1]}", *words], env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False)
        return done, time.monotonic() - started

    answers = {}
    for words in COMMANDS:
        between.arm(random.Random(0), 0)
        done, _ = call(words)
        answers[" ".join(words)] = -between.left
        if done.returncode not in (0, 2, 3) and words[0] != "doctor":
            failures.append(f"{words} by itself: {done.returncode} {done.stdout} {done.stderr}")
    for i in range(chosen.rounds):
        chance = random.Random(f"{chosen.seed} {i}")
        words = COMMANDS[i % len(COMMANDS)]
        between.arm(chance, chance.randint(1, max(1, answers[" ".join(words)])))
        try:
            done, _ = call(words)
        except subprocess.TimeoutExpired:
            failures.append(f"round {i}, {words}: no end after {PATIENCE_S} s")
            continue
        codes[done.returncode] += 1
        if done.returncode < 0 or b"terminate called" in done.stderr:
            failures.append(f"round {i}, {words}: ended by signal {-done.returncode}: {done.stderr[-500:]}")
        elif done.returncode != 0 and not done.stderr.strip() and not done.stdout.strip():
            failures.append(f"round {i}, {words}: exit code {done.returncode} without a word")
    daemon.terminate()
    daemon.wait(PATIENCE_S)
    print("exit codes:", dict(sorted(codes.items())))
    print("\n".join(failures) or f"{chosen.rounds} spoiled answers, every command ended by itself")
    sys.exit(1 if failures else 0)


main()
