"""Who is let in: Google's token services as far as a client of BigQuery meets them, with signatures that are really verified.

Sources, read 2026-11-30: "Using OAuth 2.0 for Server to Server Applications" (the grant, its claims and errors), RFC 7523, the discovery
documents sts.v1 and iamcredentials.v1, "About VM metadata" (the header, the answer).
"""
import base64
import json
import os
import secrets
import subprocess
import tempfile

# "When making an access token request this value is always": Google's own client says so whatever token_uri is.
TOKEN_AUDIENCE = "https://oauth2.googleapis.com/token"
EMAIL = "etl@contract.iam.gserviceaccount.com"
SCOPES = {"https://www.googleapis.com/auth/bigquery", "https://www.googleapis.com/auth/cloud-platform"}
SUBJECT_TOKEN = "subject-token-of-a-stranger"
AUDIENCE = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider"
# The service allows no more than an hour, and some minutes of a wrong clock.
LONGEST_LIFE_S = 3600
CLOCK_SKEW_S = 300


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Refusal(Exception):
    """An answer of RFC 6749 section 5.2."""

    def __init__(self, error, description, status=400):
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


class Logins:
    def __init__(self, folder, url, now):
        self.now = now
        self.url = url
        self.life_s = 3600
        self.tokens = {}  # The token, and when it ends.
        self.given = 0
        self.private_key = os.path.join(folder, "private.pem")
        self.public_key = os.path.join(folder, "public.pem")
        self.key_id = secrets.token_hex(20)
        run = dict(check=True, capture_output=True)
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.private_key], **run)
        subprocess.run(["openssl", "pkey", "-in", self.private_key, "-pubout", "-out", self.public_key], **run)

    def key_file(self):
        """What the console gives for a new key of a service account."""
        with open(self.private_key, encoding="utf-8") as file:
            key = file.read()
        return {"type": "service_account", "project_id": "contract", "private_key_id": self.key_id, "private_key": key,
                "client_email": EMAIL, "client_id": "1", "token_uri": self.url + "/token",
                "auth_uri": self.url + "/auth", "universe_domain": "googleapis.com"}

    def federation_file(self, source, impersonate):
        file = {"type": "external_account", "audience": AUDIENCE, "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                "token_url": self.url + "/v1/token", "credential_source": source}
        if impersonate:
            file["service_account_impersonation_url"] = self.url + f"/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken"
        return file

    def give(self):
        token = "ya29." + secrets.token_urlsafe(40)
        self.tokens[token] = self.now() + self.life_s
        self.given += 1
        return token

    def lets_in(self, authorization):
        scheme, _, token = (authorization or "").partition(" ")
        return scheme == "Bearer" and self.tokens.get(token, 0) > self.now()

    def grant(self, form):
        """POST /token and POST /v1/token."""
        kind = form.get("grant_type", "")
        if kind == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            self.check_assertion(form.get("assertion", ""))
            return {"access_token": self.give(), "expires_in": self.life_s, "token_type": "Bearer"}
        if kind == "urn:ietf:params:oauth:grant-type:token-exchange":
            if form.get("audience") != AUDIENCE or form.get("subject_token_type") != "urn:ietf:params:oauth:token-type:jwt":
                raise Refusal("invalid_request", "Invalid value for \"audience\".")
            if form.get("requested_token_type") != "urn:ietf:params:oauth:token-type:access_token" or not form.get("scope"):
                raise Refusal("invalid_request", "requested_token_type and scope are required")
            if form.get("subject_token") != SUBJECT_TOKEN:
                raise Refusal("invalid_grant", "The ID Token is not valid.")
            return {"access_token": self.give(), "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
                    "token_type": "Bearer", "expires_in": self.life_s}
        raise Refusal("unsupported_grant_type", "Invalid grant_type: " + kind)

    def check_assertion(self, assertion):
        parts = assertion.split(".")
        try:
            header, claims, signature = json.loads(decoded(parts[0])), json.loads(decoded(parts[1])), decoded(parts[2])
        except (ValueError, IndexError) as broken:
            raise Refusal("invalid_grant", "Invalid JWT.") from broken
        if header.get("alg") != "RS256" or header.get("kid") != self.key_id or not self.fits(".".join(parts[:2]), signature):
            raise Refusal("invalid_grant", "Invalid JWT Signature.")
        if claims.get("iss") != EMAIL:
            raise Refusal("invalid_grant", "Invalid grant: account not found")
        if claims.get("aud") != TOKEN_AUDIENCE:
            raise Refusal("invalid_grant", "Invalid JWT: Failed audience check.")
        issued, ends = claims.get("iat", 0), claims.get("exp", 0)
        if not issued - CLOCK_SKEW_S <= self.now() <= ends or ends - issued > LONGEST_LIFE_S:
            raise Refusal("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                          "Check your iat and exp values in the JWT claim.")
        if not set(claims.get("scope", "").split()) & SCOPES:
            raise Refusal("invalid_scope", "Invalid OAuth scope or ID token audience provided.")

    def fits(self, text, signature):
        with tempfile.NamedTemporaryFile() as file:
            file.write(signature)
            file.flush()
            verified = subprocess.run(["openssl", "dgst", "-sha256", "-verify", self.public_key, "-signature", file.name],
                                      input=text.encode(), capture_output=True, check=False)
        return verified.returncode == 0
