"""Logs in to a real Trino server that asks everybody who they are, in every way and in every wrong one, with the real program.

    trino_login_test.py PENSTOCK

TRINO_SECURED is the folder of such a server: deploy/engines/trino start-secured. Skipped where it is not set.
"""
import base64
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

SKIPPED = 77
SECRETS = {"right password": "lte", "wrong password": "Nz8wrongPassword", "client secret": "Lp4clientSecret"}

def token(folder, seconds, user="etl"):
    """A JWT as the token service signs them."""
    def part(content):
        return base64.urlsafe_b64encode(content).decode().rstrip("=")
    now = int(time.time())
    claims = {"scope": user, "iat": now - 3600, "exp": now + seconds}
    text = part(json.dumps({"alg": "RS256", "kid": "penstock", "typ": "JWT"}).encode()) + "." + part(json.dumps(claims).encode())
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", folder / "jwt.key"], input=text.encode(), capture_output=True, check=True).stdout
    return text + "." + part(signature)


class Test:
    def __init__(self, penstock, scratch):
        self.penstock, self.scratch = os.path.abspath(penstock), pathlib.Path(scratch)
        self.server = pathlib.Path(os.environ["TRINO_SECURED"])
        self.port, self.service = os.environ["TRINO_SECURED_PORT"], os.environ["TOKEN_SERVICE_PORT"]
        self.failures, self.passed, self.texts = [], 0, []
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": scratch, "LANG": "C.UTF-8", "RIGHT": SECRETS["right password"],
                            "WRONG": SECRETS["wrong password"], "CLIENT_SECRET": SECRETS["client secret"],
                            "GOOD_TOKEN": token(self.server, 3600), "OLD_TOKEN": token(self.server, -60), "PROXY": "Yv3proxyPassword"}
        self.secrets = [*list(SECRETS.values())[1:], self.environment["GOOD_TOKEN"], self.environment["OLD_TOKEN"], self.environment["PROXY"]]

    def project(self, name, connection):
        root = self.scratch / name
        (root / "pipelines").mkdir(parents=True)
        settings = {"type": "trino", "catalog": "lake", "schema": "login", "url": f"https://localhost:{self.port}",
                    "ca_file": str(self.server / "ca.pem"), "user": "etl", "patience": "20s", **connection}
        written = "\n".join(f"    {key}: {json.dumps(value)}" for key, value in settings.items() if value is not None)
        (root / "penstock.yaml").write_text(f"project: login\nconnections:\n  lake:\n{written}\nenvironments:\n  dev: {{ target: lake }}\n")
        (root / "pipelines" / "single.yaml").write_text("pipeline: single\nsteps:\n  - name: one\n    sql: select 1 as x\n")
        return root

    def call(self, root, *words, **more):
        done = subprocess.run([self.penstock, *words], cwd=root, env={**self.environment, **more}, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, timeout=240)
        self.texts.append((f"penstock {' '.join(words)} of {root.name}", done.stdout + done.stderr))
        return done

    def expect(self, what, holds):
        self.passed += bool(holds)
        if not holds:
            self.failures.append(what)

    def doctor(self, name, connection, expected):
        """Which check fails first, and words of what it says; `expected` is None where all is well."""
        root = self.project(name, connection)
        done = self.call(root, "doctor", "-o", "json")
        checks = [check for check in json.loads(done.stdout) if check["check"].startswith("connection lake")]
        failed = [check for check in checks if check["state"] == "failed"]
        told = "; ".join(f"{check['check']}: {check['found']} = {check['hint']}" for check in failed or checks)
        if expected is None:
            self.expect(f"{name}: {told}", not failed)
            return checks
        place, *words = expected
        self.expect(f"{name}: {place} was expected to fail with {words}: {told}",
                    failed and failed[0]["check"] == f"connection lake{place}" and all(word in told for word in words))
        return checks

    def logins(self):
        by_password = {"password": "env:RIGHT"}
        by_service = {"token_url": f"https://localhost:{self.service}/token", "client_id": "penstock", "client_secret": "env:CLIENT_SECRET"}
        checks = self.doctor("password", by_password, None)
        told = {check["check"].removeprefix("connection lake").removeprefix(": "): check["found"] for check in checks}
        self.expect(f"the TLS chain is not told: {told}", "CN=localhost issued by CN=Penstock Test ca, until 20" in told.get("TLS", ""))
        self.expect(f"the clock is not told: {told}", "server's" in told.get("clock", ""))
        self.expect(f"the firewall is not told: {told}", told.get("firewall") == f"tcp localhost:{self.port}")
        self.doctor("another_authority", {**by_password, "ca_file": str(self.server / "other-ca.pem")}, (": TLS", "is not trusted", "`ca_file`"))
        self.doctor("systems_authorities", {**by_password, "ca_file": None}, (": TLS", "is not trusted", "`ca_file`"))
        self.doctor("another_name", {**by_password, "url": f"https://127.0.0.1:{self.port}"}, (": TLS", "is for localhost", "`url`"))
        self.doctor("unverified", {**by_password, "ca_file": None, "tls_verify": False}, None)
        self.doctor("wrong_password", {"password": "env:WRONG"}, (": login", "401", "`password`"))
        self.doctor("nobody", {}, (": login", "401", "`client_certificate`"))
        self.doctor("role", {**by_password, "role": "admin"}, (": login", "Cannot set role admin", "`role`"))
        # A catalogue without roles of its own takes any; that it comes as one's is seen from that the system's rules do not refuse it.
        self.doctor("role_of_a_catalogue", {**by_password, "role": "lake=admin"}, None)
        self.doctor("no_role", {**by_password, "role": "none"}, None)
        self.doctor("session", {**by_password, "session_properties": "no_such_property=1"}, (": role", "no_such_property", "`session_properties`"))
        self.doctor("token", {"token": "env:GOOD_TOKEN"}, None)
        self.doctor("old_token", {"token": "env:OLD_TOKEN"}, (": login", "401", "`token`"))
        self.doctor("anothers_token", {"token": "env:GOOD_TOKEN", "user": "reader"}, (": role", "impersonate"))
        key = f"file:{self.server}/client.key"
        self.doctor("certificate", {"client_certificate": str(self.server / "client.pem"), "client_key": key}, None)
        self.doctor("key_of_another", {"client_certificate": str(self.server / "client.pem"), "client_key": f"file:{self.server}/jwt.key"},
                    ("", "`client_key` does not belong"))
        checks = self.doctor("client_credentials", {**by_service, "scope": "etl"}, None)
        self.expect(f"the firewall lacks the token service: {checks}", any(f"tcp localhost:{self.service}" in check["found"] for check in checks))
        self.doctor("no_token_service", {**by_service, "token_url": f"https://localhost:{self.service}/nothing"}, (": token", "404", "`token_url`"))
        self.doctor("two_ways", {**by_password, "token": "env:GOOD_TOKEN"}, ("", "two ways to log in"))
        self.doctor("by_proxy", {**by_password, "proxy": "http://127.0.0.1:1", "proxy_user": "us", "proxy_password": "env:PROXY"},
                    (": connection", "the proxy 127.0.0.1:1", "`proxy`"))

    def ask(self, sql):
        """By other means than ours."""
        trust = ssl.create_default_context(cafile=self.server / "ca.pem")
        headers = {"X-Trino-User": "etl", "Authorization": "Bearer " + self.environment["GOOD_TOKEN"]}
        url, body, rows = f"https://localhost:{self.port}/v1/statement", sql.encode(), []
        while url:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), context=trust, timeout=60) as answer:
                page = json.load(answer)
            self.expect(f"{sql}: {page.get('error')}", "error" not in page)
            url, body, rows = page.get("nextUri"), None, rows + page.get("data", [])
        return rows

    def runs(self):
        """A daemon whose token ends between two runs: another is read, once, when the server refuses the first. (For the pages of a statement
        that it has taken Trino 476 wants no login.)"""
        self.ask("create schema if not exists lake.login")
        life = 20
        calls, ends = self.scratch / "calls", time.time() + life
        (self.scratch / "jwt").write_text(token(self.server, life))
        root = self.project("renewed", {"token": f"cmd:echo >> {calls}; cat {self.scratch}/jwt"})
        with open(self.scratch / "daemon.log", "wb") as log:
            daemon = subprocess.Popen([os.path.join(os.path.dirname(self.penstock), "penstockd"), "-C", root, "--port", "0"], env=self.environment,
                                      stdout=log, stderr=log)
        try:
            while not (root / ".penstock" / "daemon.json").exists() and daemon.poll() is None:
                time.sleep(0.01)
            first = self.call(root, "run", "-o", "json")
            self.expect(f"the first run ended with {first.returncode}: {first.stdout[-1500:]}", first.returncode == 0)
            (self.scratch / "jwt").write_text(token(self.server, 3600))
            while time.time() < ends + 1:
                time.sleep(0.1)
            second = self.call(root, "run", "-o", "json")
            self.expect(f"the second run ended with {second.returncode}: {second.stdout[-1500:]}", second.returncode == 0)
            self.expect("the token was not read again, or too often", calls.read_text() == "\n\n")
            self.expect("nothing was published", self.ask("select x from lake.login.one") == [[1]])
        finally:
            daemon.terminate()
            daemon.wait(60)

    def main(self):
        self.logins()
        self.runs()
        for where, text in self.texts:
            for secret in self.secrets:
                self.expect(f"a secret is in the output of {where}", secret not in text)
        for path in self.scratch.rglob("*"):
            if path.is_file() and path.name != "jwt":
                self.expect(f"a secret is in {path}", not any(secret.encode() in path.read_bytes() for secret in self.secrets))
        print("\n".join(self.failures))
        print(f"{self.passed} expectations held, {len(self.failures)} did not")
        return 1 if self.failures else 0


if __name__ == "__main__":
    if not os.environ.get("TRINO_SECURED"):
        print("TRINO_SECURED is not set")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="penstock-login-") as FOLDER:
        sys.exit(Test(sys.argv[1], FOLDER).main())
