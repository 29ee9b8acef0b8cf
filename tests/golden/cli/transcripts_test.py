"""Plays every transcript and compares it with what is written there; with UPDATE_GOLDEN=1 writes it anew.

    transcripts_test.py PENSTOCK [NAME...]
"""
import concurrent.futures
import difflib
import os
import pathlib
import re
import subprocess
import sys

import transcript

FOLDER = pathlib.Path(__file__).parent / "transcripts"


def commands_of(penstock, *path):
    """Every command as the help lists it: "run", "schedule next"."""
    text = subprocess.run([penstock, *path, "--help"], capture_output=True, text=True, check=True).stdout
    listed = re.search(r"^Commands:\n((?:  .*\n)+)", text, re.M)
    names = re.findall(r"^  (\S+)", listed[1], re.M) if listed else []
    if not names:
        return [" ".join(path)]
    return [command for name in names for command in commands_of(penstock, *path, name)]


def main():
    penstock, names = sys.argv[1], sys.argv[2:]
    environment = transcript.environment_for(penstock)
    paths = sorted(path for path in FOLDER.glob("*.txt") if not names or path.stem in names)
    failed = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        played = pool.map(lambda path: transcript.play(path.read_text(), environment), paths)
        for path, now in zip(paths, played):
            before = path.read_text()
            if now == before:
                continue
            if os.environ.get("UPDATE_GOLDEN") == "1":
                path.write_text(now)
                continue
            failed.append(path.stem)
            sys.stdout.writelines(difflib.unified_diff(before.splitlines(True), now.splitlines(True), f"{path.stem} expected", f"{path.stem} now"))
    if not names:
        typed = "\n".join(path.read_text() for path in paths)
        for command in commands_of(penstock):
            if not re.search(rf"^\$ .*\bpenstock (-\S+ )*{command}\b(?! --help)", typed, re.M):
                failed.append(f"no transcript types: penstock {command}")
            if f"$ penstock {command} --help\n" not in typed:
                failed.append(f"no transcript shows: penstock {command} --help")
    print(f"{len(paths)} transcripts, {len(failed)} failed: UPDATE_GOLDEN=1 rewrites what is right" if failed else f"{len(paths)} transcripts")
    print("\n".join(failed))
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
