"""deploy/engines/cache.sh: a download is whole or not there, whoever asks and whatever happens."""
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

CACHE_SH = pathlib.Path(__file__).resolve().parents[3] / "deploy/engines/cache.sh"
BUILD = "echo built >>$COUNT; echo content >file"


class CacheTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.entries = self.home / "penstock"
        self.count = self.home / "count"

    def start(self, script, **options):
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.home), "COUNT": str(self.count)}
        return subprocess.Popen(["bash", "-euo", "pipefail", "-c", f'. "{CACHE_SH}"\n{script}'], env=environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run_to_end(self, script):
        process = self.start(script)
        out, err = process.communicate()
        return process.returncode, out, err

    def builds(self):
        return self.count.read_text().count("built") if self.count.exists() else 0

    def test_an_entry_is_made_once(self):
        for _ in range(2):
            code, _, err = self.run_to_end(f"cached thing-1 file bash -c '{BUILD}'")
            self.assertEqual(code, 0, err)
        self.assertEqual((self.entries / "thing-1/file").read_text(), "content\n")
        self.assertEqual(self.builds(), 1)

    def test_an_entry_that_lost_its_file_is_made_again(self):
        self.run_to_end(f"cached thing-1 file bash -c '{BUILD}'")
        (self.entries / "thing-1/file").unlink()
        code, _, err = self.run_to_end(f"cached thing-1 file bash -c '{BUILD}'")
        self.assertEqual(code, 0, err)
        self.assertTrue((self.entries / "thing-1/file").exists())
        self.assertEqual(self.builds(), 2)

    def test_runs_at_once_make_it_once(self):
        # The first one holds the lock until the others stand before it.
        go = self.home / "go"
        os.mkfifo(go)
        processes = [self.start(f"cached thing-1 file bash -c '{BUILD}; read <{go}'") for _ in range(4)]
        with open(go, "w", encoding="ascii") as gate:
            gate.write("\n")
        for process in processes:
            _, err = process.communicate()
            self.assertEqual(process.returncode, 0, err)
        self.assertEqual(self.builds(), 1)

    def test_a_failed_build_leaves_nothing_and_says_what_to_do(self):
        code, _, err = self.run_to_end("cached thing-1 file bash -c 'echo half >file; echo no route to host >&2; exit 1'")
        self.assertEqual(code, 1)
        self.assertFalse((self.entries / "thing-1").exists())
        self.assertEqual([path for path in self.entries.iterdir() if path.name.startswith(".part")], [])
        self.assertIn("no route to host", err)
        self.assertIn("cannot fetch thing-1", err)
        self.assertIn("without a network", err)

    def test_an_early_command_that_fails_fails_the_build(self):
        script = self.home / "build.sh"
        script.write_text("set -e\nfalse\ntouch file\n")
        code, _, _ = self.run_to_end(f"cached thing-1 file bash {script}")
        self.assertEqual(code, 1)
        self.assertFalse((self.entries / "thing-1").exists())

    def test_a_killed_build_is_made_again(self):
        ready = self.home / "ready"
        os.mkfifo(ready)
        process = self.start(f"cached thing-1 file bash -c 'echo half >file; echo >{ready}; read <{ready}'", start_new_session=True)
        with open(ready, encoding="ascii") as gate:
            gate.readline()
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.assertFalse((self.entries / "thing-1").exists())
        code, _, err = self.run_to_end(f"cached thing-1 file bash -c '{BUILD}'")
        self.assertEqual(code, 0, err)
        self.assertEqual((self.entries / "thing-1/file").read_text(), "content\n")
        self.assertEqual([path for path in self.entries.iterdir() if path.name.startswith(".part")], [])

    def test_another_checksum_is_refused(self):
        download = self.home / "download"
        download.write_text("changed\n")
        code, _, err = self.run_to_end(f"check_sha256 {download} {'0' * 64}")
        self.assertEqual(code, 1)
        self.assertIn(f"expected {'0' * 64}", err)
        right = subprocess.run(["sha256sum", download], check=True, capture_output=True, text=True).stdout.split()[0]
        self.assertEqual(self.run_to_end(f"check_sha256 {download} {right}")[0], 0)

    def test_free_ports_differ(self):
        code, out, err = self.run_to_end("free_ports 3")
        self.assertEqual(code, 0, err)
        self.assertEqual(len(set(out.split())), 3)


if __name__ == "__main__":
    unittest.main()
