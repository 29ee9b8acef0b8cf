"""Commands as a person types them, with what they print.

A transcript is a text file:

    # why this is worth keeping                    a comment
    $ penstock run first                           a command line, given to bash; the first one in an empty folder
    $ cd shop                                      where those behind it start
    > continued                                    the command line goes on
    | first  ✓ succeeded                           standard output
    ! error: there is no pipeline "frist"          standard error
    [2]                                            the exit code, where it is not 0

What differs from run to run is masked: ids by their order, times, durations, sizes and folders. A line with a masked duration has its
blanks reduced, because the width of a column follows the longest duration in it.
"""
import os
import re
import subprocess
import tempfile

# Kept by the order in which they appear, so that a transcript shows which run is meant.
IDS = re.compile(r"\b([rb])-[0-9a-z]{18,22}\b")
TIMES = re.compile(r"\b(\d{4})-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
FIXED_YEARS = {"2031"}  # Of transcripts about schedules; what happens now is never then.
MASKS = [
    (re.compile(r"\bpenstock_staged_[a-z2-7]{12}_"), "penstock_staged_TOKEN_"),
    (re.compile(r"\b[a-z2-7]{32}\b"), "TOKEN"),
    (re.compile("\x1b"), "^["),
    (re.compile(r"\b\d+ MiB\b"), "SIZE"),
    (re.compile(r"\b[a-z2-7]{26}\b"), "QUERY"),
    (re.compile(r"DuckDB v[0-9.]+"), "DuckDB VERSION"),
    (re.compile(r"penstock \d+\.\d+\.\d+"), "penstock VERSION"),
    (re.compile(r"\bprocess \d+\b"), "process PID"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "http://127.0.0.1:PORT"),
]
DURATION = re.compile(r"\b(\d+ ms|\d+\.\d s|\d+ min \d\d s)\b")


class Masks:
    def __init__(self, folder):
        self.folder, self.ids = folder, {}

    def id(self, found):
        known = [name for name in self.ids.values() if name.startswith(found[1] + "-")]
        return self.ids.setdefault(found[0], f"{found[1]}-{len(known) + 1}")

    def __call__(self, text):
        text = IDS.sub(self.id, text.replace(self.folder, "FOLDER"))
        text = TIMES.sub(lambda found: found[0] if found[1] in FIXED_YEARS else "TIME", text)
        for pattern, name in MASKS:
            text = pattern.sub(name, text)
        # A table's columns move with its longest duration.
        blocks = re.split(r"(\n\n)", text)
        return "".join(re.sub(r"(?<=\S) {2,}", "  ", DURATION.sub("DURATION", block)) if DURATION.search(block) else block for block in blocks)


def parse(text):
    """The script of a transcript: its comments, blank lines and command lines, without what they print."""
    script, command = [], None
    for line in text.splitlines():
        if line.startswith("$ "):
            command = [line[2:]]
            script.append(("command", command))
        elif line.startswith("> ") or line == ">":
            command.append(line[2:])
        elif line.startswith("#") or not line:
            script.append(("text", line))
    return script


def shown(output, prefix):
    return [(prefix + line).rstrip() for line in output.splitlines()]


def play(text, environment):
    """The same transcript with what its commands print here."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="penstock-cli-") as folder:
        masks = Masks(folder)
        here = folder
        for kind, what in parse(text):
            if kind == "text":
                lines.append(what)
                continue
            if what[0].startswith("cd "):
                here = os.path.join(here, what[0][3:])
                lines.append("$ " + what[0])
                continue
            done = subprocess.run(["bash", "-c", "\n".join(what)], cwd=here, env={**environment, "HOME": folder}, stdin=subprocess.DEVNULL,
                                  capture_output=True, check=False, timeout=120)
            lines += [("$ " if number == 0 else "> ") + line for number, line in enumerate(what)]
            lines += shown(masks(done.stdout.decode()), "| ") + shown(masks(done.stderr.decode()), "! ")
            if done.returncode != 0:
                lines.append(f"[{done.returncode}]")
    return "\n".join(lines).rstrip() + "\n"


def environment_for(penstock):
    """What the commands see: nothing of the person who runs the tests but the engine's library."""
    if "PENSTOCK_DUCKDB_LIBRARY" not in os.environ:
        raise SystemExit("PENSTOCK_DUCKDB_LIBRARY is not set: deploy/engines/duckdb path says what it should be")
    return {"PATH": os.path.dirname(os.path.abspath(penstock)) + ":/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC",
            "PENSTOCK_DUCKDB_LIBRARY": os.environ["PENSTOCK_DUCKDB_LIBRARY"]}
