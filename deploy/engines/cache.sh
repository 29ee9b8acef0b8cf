# shellcheck shell=bash
# Sourced by every script in deploy/: how a step is told, how a download is kept.
#
# Downloads live in ${XDG_CACHE_HOME:-~/.cache}/penstock/NAME-VERSION, outside the tree, so that `git clean` spares them. An entry is
# either whole or not there: it is made in a folder beside it, its checksum is compared, and one rename puts it in its place. A lock per
# entry lets two runs start at once. Delete the folder to fetch everything again.

engines=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/penstock

# step WHAT TEXT: one line of progress. All talk goes to stderr; stdout belongs to the answer.
step() { printf '%-10s %s\n' "$1" "$2" >&2; }

# die TEXT [WAY OUT]...: an error and what can be done about it.
die() {
  printf '%s: error: %s\n' "${0##*/}" "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# cached NAME KEY COMMAND...: makes the entry NAME unless it holds KEY already. COMMAND runs in an empty folder and fills it.
cached() {
  local name=$1 key=$2 part lock log
  shift 2
  [ -e "$cache/$name/$key" ] && return 0
  mkdir -p "$cache" 2>/dev/null || die "cannot write to $cache" "set XDG_CACHE_HOME to a folder of yours"
  exec {lock}>"$cache/$name.lock"
  flock -n "$lock" || { step fetch "$name: another run is fetching it, waiting"; flock "$lock"; }
  if [ ! -e "$cache/$name/$key" ]; then
    rm -rf "$cache/.part-$name."*
    part=$(mktemp -d "$cache/.part-$name.XXXXXX")
    log=$cache/$name.log
    step fetch "$name"
    if ! (cd "$part" && exec "$@") >"$log" 2>&1 {lock}>&-; then
      rm -rf "$part"
      tail -n 15 "$log" >&2
      die "cannot fetch $name (the whole log: $log)" \
        "it comes from a public registry by its own client (npm, pip or Maven), which follows your registry, proxy and certificate settings" \
        "a machine without a network: copy $cache/$name from one that has it"
    fi
    [ -e "$part/$key" ] || die "fetched $name, but it holds no $key (see $part)"
    chmod 755 "$part"
    rm -rf "${cache:?}/$name"
    mv -T "$part" "$cache/$name"
  fi
  exec {lock}>&-
}

# check_sha256 FILE SUM: refuses a download that is not the one that was tested.
check_sha256() {
  local sum
  sum=$(sha256sum "$1" | cut -d' ' -f1)
  [ "$sum" = "$2" ] || { echo "$1 has SHA-256 $sum, expected $2: it was changed on the way, or published again" >&2; return 1; }
}

# npm_package SPEC SHA256: unpacks an npm package into the current folder.
npm_package() {
  local tarball
  PATH=$("$engines/node" path):$PATH
  tarball=$(npm pack --loglevel=error "$1")
  check_sha256 "$tarball" "$2"
  tar -xzf "$tarball" --strip-components=1 --no-same-owner
  rm "$tarball"
}

# pip_install REQUIREMENTS: unpacks the wheels that a requirements file names, with their checksums, into the current folder.
pip_install() {
  cached pip-venv bin/pip python3 -m venv . >&2
  "$cache/pip-venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary :all: \
    --require-hashes --target . -r "$1"
}

# pip_package SPEC SHA256: the same for one wheel.
pip_package() {
  printf '%s --hash=sha256:%s\n' "$1" "$2" >.requirements
  pip_install .requirements
  rm .requirements
}

# free_ports N: N TCP ports on 127.0.0.1 that nobody listens on.
free_ports() {
  python3 - "$1" <<'PY'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))
PY
}
