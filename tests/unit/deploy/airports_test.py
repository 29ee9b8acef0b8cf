"""deploy/engines/airports_version_2.py: the same later list of airports everywhere, and no list from a file that it does not know."""
import csv
import pathlib
import subprocess
import sys
import tempfile
import unittest

ENGINES = pathlib.Path(__file__).resolve().parents[3] / "deploy/engines"
sys.path.insert(0, str(ENGINES))
import airports_version_2  # noqa: E402

HEADER = ["iata", "name", "city", "state", "country", "latitude", "longitude"]


class AirportsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.old = pathlib.Path(folder.name) / "old.csv"
        self.new = pathlib.Path(folder.name) / "new.csv"
        touched = {*airports_version_2.CITIES, *airports_version_2.NAMES, *airports_version_2.CLOSED}
        self.rows = [[iata, "Old name", "NA", "NA", "USA", "1.5", "-2.5"] for iata in sorted(touched | {"ZZZ"})]
        self.write(self.rows)

    def write(self, rows, header=None):
        with open(self.old, "w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([header or HEADER, *rows])

    def make(self):
        return subprocess.run([sys.executable, ENGINES / "airports_version_2.py", self.old, self.new], capture_output=True, text=True)

    def read(self):
        with open(self.new, newline="", encoding="utf-8") as file:
            return {row["iata"]: row for row in csv.DictReader(file)}

    def test_changes_closes_and_opens(self):
        self.assertEqual(self.make().returncode, 0)
        airports = self.read()
        self.assertEqual(airports["CLD"]["city"], "Carlsbad")
        self.assertEqual(airports["DCA"]["name"], 'Ronald Reagan "National"')
        self.assertEqual(airports["ZZZ"]["name"], "Old name")
        self.assertNotIn("MQT", airports)
        self.assertIn("ECP", airports)
        self.assertEqual(len(airports), len(self.rows) - len(airports_version_2.CLOSED) + len(airports_version_2.OPENED))

    def test_the_same_bytes_each_time(self):
        self.make()
        first = self.new.read_bytes()
        self.make()
        self.assertEqual(self.new.read_bytes(), first)

    def test_refuses_a_file_that_it_does_not_know(self):
        self.write(self.rows, ["code", *HEADER[1:]])
        self.assertIn("unexpected columns", self.make().stderr)
        self.write(self.rows[1:])
        self.assertIn(f"expected to hold ['{self.rows[0][0]}']", self.make().stderr)
        self.assertFalse(self.new.exists())


if __name__ == "__main__":
    unittest.main()
