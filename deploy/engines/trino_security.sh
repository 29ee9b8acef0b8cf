# shellcheck shell=bash
# Sourced by deploy/engines/trino: what makes a server a secured one.
#
# In the folder of such a server lie ca.pem (who has signed the server's certificate), other-ca.pem (who has not), client.pem and client.key
# (the certificate of the user etl), and jwt.key (what signs its tokens). Passwords: etl and reader have their names turned around, so that
# nobody takes them for secrets.

write_certificates() { # DIR
  local dir=$1 authority
  for authority in ca other-ca; do
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Penstock Test $authority" -keyout "$dir/$authority.key" -out "$dir/$authority.pem"
  done
  sign() { # NAME SUBJECT EXTENSION
    openssl req -newkey rsa:2048 -nodes -subj "$2" -keyout "$dir/$1.key" -out "$dir/$1.csr"
    openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 2 -extfile <(echo "$3") -out "$dir/$1.pem"
  }
  sign server /CN=localhost "subjectAltName=DNS:localhost"
  sign client /CN=etl "extendedKeyUsage=clientAuth"
  openssl genrsa -out "$dir/jwt.key" 2048
  cat "$dir/server.key" "$dir/server.pem" >"$dir/server-both.pem"
}

# The key of the tokens as a token service wants it, and the passwords as Trino does.
write_secrets() { # DIR
  python3 - "$1" <<'PY'
import base64, hashlib, json, pathlib, re, subprocess, sys
folder = pathlib.Path(sys.argv[1])
text = subprocess.run(["openssl", "rsa", "-in", folder / "jwt.key", "-noout", "-text"], capture_output=True, text=True, check=True).stdout
parts = {name: bytes.fromhex(re.sub(r"[^0-9a-f]", "", digits)) for name, digits in re.findall(r"^(\w+):\n((?:    [0-9a-f:]+\n)+)", text, re.M)}
parts["publicExponent"] = bytes.fromhex("010001")
names = {"n": "modulus", "e": "publicExponent", "d": "privateExponent", "p": "prime1", "q": "prime2", "dp": "exponent1", "dq": "exponent2", "qi": "coefficient"}
key = {letter: base64.urlsafe_b64encode(parts[name].lstrip(b"\0")).decode().rstrip("=") for letter, name in names.items()}
(folder / "jwk.json").write_text(json.dumps({"kty": "RSA", "kid": "penstock", "alg": "RS256", "use": "sig", **key}))
lines = []
for user in ("etl", "reader"):
    salt = hashlib.sha256(user.encode()).digest()[:16]
    lines.append(f"{user}:1000:{salt.hex()}:{hashlib.pbkdf2_hmac('sha1', user[::-1].encode(), salt, 1000, 64).hex()}\n")
(folder / "passwords").write_text("".join(lines))
PY
}

write_rules() { # DIR
  cat >"$1/rules.json" <<'RULES'
{
  "catalogs": [{"user": "etl", "allow": "all"}, {"user": "reader", "allow": "read-only"}],
  "schemas": [{"user": "etl", "owner": true}],
  "tables": [{"user": "etl", "privileges": ["SELECT", "INSERT", "DELETE", "UPDATE", "OWNERSHIP", "GRANT_SELECT"]}, {"user": "reader", "privileges": ["SELECT"]}]
}
RULES
}

# What the coordinator's configuration has besides; the files are those of DIR.
secured_configuration() { # DIR HTTPS_PORT KEYS_URL
  cat <<CONFIG
http-server.https.enabled=true
http-server.https.port=$2
http-server.https.keystore.path=$1/server-both.pem
http-server.https.truststore.path=$1/ca.pem
http-server.authentication.type=CERTIFICATE,JWT,PASSWORD
http-server.authentication.certificate.user-mapping.pattern=CN=(.*)
http-server.authentication.jwt.key-file=$3
http-server.authentication.jwt.principal-field=scope
jwk.http-client.trust-store-path=$1/ca.pem
password-authenticator.config-files=$1/password.properties
access-control.config-files=$1/access.properties
internal-communication.shared-secret=of-one-node-and-its-own
CONFIG
  printf 'password-authenticator.name=file\nfile.password-file=%s\n' "$1/passwords" >"$1/password.properties"
  printf 'access-control.name=file\nsecurity.config-file=%s\n' "$1/rules.json" >"$1/access.properties"
}
