"""Damaged stores and damaged requests, at random: whatever comes, a program answers with an error or works, and never crashes or hangs.

    fuzz_test.py PENSTOCK [--seed N] [--stores N] [--requests N]

The same seed damages the same bytes. PENSTOCK_DUCKDB_LIBRARY is set, as for every test.
"""
import argparse
import os
import pathlib
import random
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request

PATIENCE_S = 60
# What a program says when it has lost its way; the sanitizers' words among them.
LOST = re.compile(r"terminate called|what\(\)|Sanitizer|runtime error|Assertion|core dumped")
REQUESTS = [
    b"GET /livez HTTP/1.1\r\nHost: {host}\r\n\r\n",
    b"GET /api/v1/runs?limit=5&state=failed&pipeline=p HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n",
    b"GET /api/v1/events?after=0 HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\nLast-Event-ID: 3\r\n\r\n",
    b"GET /api/v1/pipelines/p HTTP/1.1\r\nHost: {host}\r\nIf-None-Match: \"abc\"\r\nRange: bytes=0-5\r\n\r\n",
    b"POST /api/v1/pipelines/p/runs HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 33\r\n\r\n"
    b"{\"parameters\": {\"a\": [1, null]} }",
    b"POST /api/v1/plan HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"12\r\n{\"pipelines\":[\"p\"]\r\n1\r\n}\r\n0\r\n\r\n",
]


class Site:
    def __init__(self, penstock, folder):
        self.penstock, self.root = os.path.abspath(penstock), pathlib.Path(folder) / "project"
        self.environment = {**os.environ, "NO_COLOR": "1"}
        (self.root / "pipelines").mkdir(parents=True)
        (self.root / "penstock.yaml").write_text(
            "project: fuzz\nconnections:\n  db: { type: duckdb, path: db.duckdb }\nenvironments:\n  test: { target: db }\n")
        (self.root / "pipelines" / "p.yaml").write_text("pipeline: p\nsteps:\n  - name: one\n    sql: select 1 as n\n    checks:\n      - not_null: [n]\n")

    def call(self, *words):
        """Its exit code, and what it said; "hangs" where it does not end."""
        try:
            done = subprocess.run([self.penstock, "-C", self.root, *words], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
            return done.returncode, done.stdout.decode(errors="replace")
        except subprocess.TimeoutExpired as hanging:
            return "hangs", (hanging.stdout or b"").decode(errors="replace")

    def store(self):
        return self.root / ".penstock" / "store.db"


def damage(content, chance):
    """Some bytes at some places: set, copied from elsewhere, taken out, put in, or all of the end cut off."""
    content = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        at, length = chance.randrange(len(content) or 1), chance.choice((1, 1, 2, 4, 16, 200))
        kind = chance.randrange(6)
        if kind == 0:
            content[at:at + length] = bytes(chance.randrange(256) for _ in range(length))
        elif kind == 1:
            content[at:at + length] = content[(begin := chance.randrange(len(content) or 1)):begin + length]
        elif kind == 2:
            content[at:at + length] = b""
        elif kind == 3:
            content[at:at] = bytes([chance.choice((0, 10, 13, 32, 58, 127, 255))]) * length
        elif kind == 4:
            content[at:at + 1] = bytes([(content[at] ^ (1 << chance.randrange(8))) if at < len(content) else 0])
        elif chance.random() < 0.1:
            del content[at:]
    return bytes(content)


def roots(store):
    """The first page of every table and index: where it begins in the file, and where it ends."""
    connection = sqlite3.connect(store)
    (size,), = connection.execute("pragma page_size")
    pages = connection.execute("select rootpage from sqlite_master where rootpage > 0").fetchall()
    connection.close()
    return [((page - 1) * size, page * size) for page, in pages]


def damage_stores(site, chance, count):
    for _ in range(3):
        code, said = site.call("run", "p", "-q")
        assert code == 0, said
    sound = site.store().read_bytes()
    answers = {}
    # A run meets each of them at another moment.
    damages = [sound[:begin] + b"\xa5" * (end - begin) + sound[end:] for begin, end in roots(site.store())]
    damages += [damage(sound, chance) for _ in range(count)]
    for number, damaged in enumerate(damages):
        shutil.rmtree(site.root / ".penstock")
        site.store().parent.mkdir(mode=0o700)
        site.store().write_bytes(damaged)
        for words in (("status", "-o", "json"), ("run", "p", "-q")):
            code, said = site.call(*words)
            is_told = code == 0 or re.search(r"\berror\b|failed", said)
            if code == "hangs" or code < 0 or LOST.search(said) or not is_told:
                kept = pathlib.Path(tempfile.mkdtemp(prefix="penstock-damaged-")) / "store.db"
                kept.write_bytes(damaged)
                sys.exit(f"store {number} ({kept}), penstock {' '.join(words)}: {code}\n{said}")
            answers[code] = answers.get(code, 0) + 1
    shutil.rmtree(site.root / ".penstock")
    assert len(answers) > 1, f"no damage was noticed: {answers}"
    print(f"{len(damages)} damaged stores: exit codes {dict(sorted(answers.items()))}")


def damage_requests(site, chance, count):
    daemon = subprocess.Popen([site.penstock + "d", "-C", site.root, "--port", "0"], env=site.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = []
    for line in daemon.stdout:
        said.append(line)
        if found := re.search(r" at http://([\d.]+):(\d+)", line):
            break
    address = (found[1], int(found[2]))
    answers = {}
    for number in range(count):
        request = damage(chance.choice(REQUESTS).replace(b"{host}", b"%s:%d" % (address[0].encode(), address[1])), chance)
        with socket.create_connection(address, PATIENCE_S) as connection:
            connection.settimeout(PATIENCE_S)
            try:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                answer = connection.recv(4096)
            except (ConnectionResetError, BrokenPipeError):
                answer = b""
        status = answer.split(b" ")[1][:3].decode() if answer.startswith(b"HTTP/1.") else "closed" if not answer else "garbage"
        assert status not in ("garbage", "500"), f"request {number}: {request!r}\nanswer: {answer!r}"
        answers[status] = answers.get(status, 0) + 1
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://{address[0]}:{address[1]}/livez", timeout=PATIENCE_S) as alive:
        assert alive.status == 200
    daemon.terminate()
    said.append(daemon.communicate(timeout=PATIENCE_S)[0])
    assert daemon.returncode == 0 and not LOST.search("".join(said)), "".join(said)
    assert len(answers) > 2, f"no damage was noticed: {answers}"
    print(f"{count} damaged requests: answers {dict(sorted(answers.items()))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("penstock")
    parser.add_argument("--seed", type=int, default=20261201)
    parser.add_argument("--stores", type=int, default=60)
    parser.add_argument("--requests", type=int, default=1500)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="penstock-fuzz-") as folder:
        site = Site(chosen.penstock, folder)
        damage_stores(site, chance, chosen.stores)
        damage_requests(site, chance, chosen.requests)
    sys.exit(0)


main()
