"""Writes a later version of airports.csv: cities that the first one lacks, renamed airports, closed ones and new ones.

    airports_version_2.py airports.csv airports-2.csv

The same input gives the same bytes; order and quoting follow the first version.
"""
import csv
import sys

CITIES = {
    "CLD": ("Carlsbad", "CA"),
    "HHH": ("Hilton Head Island", "SC"),
    "MIB": ("Minot", "ND"),
    "RCA": ("Rapid City", "SD"),
    "RDR": ("Grand Forks", "ND"),
    "SCE": ("State College", "PA"),
    "SKA": ("Spokane", "WA"),
}
NAMES = {
    "BTR": "Baton Rouge Metropolitan",
    "DCA": 'Ronald Reagan "National"',
    "EWR": "Newark Liberty International",
    "HNL": "Daniel K Inouye International",
    "IAH": "George Bush Intercontinental, Houston",
    "LAS": "Harry Reid International",
}
CLOSED = {"00M", "01G", "MQT", "N25", "TOC"}
OPENED = [
    ("BKG", "Branson", "Branson", "MO", "USA", "36.53208056", "-93.20054444"),
    ("ECP", "Northwest Florida Beaches International", "Panama City", "FL", "USA", "30.35825000", "-85.79561111"),
    ("XWA", "Williston Basin International", "Williston", "ND", "USA", "48.25972222", "-103.74777778"),
]


def main(old_path, new_path):
    with open(old_path, newline="", encoding="utf-8") as old:
        header, *rows = list(csv.reader(old))
    if header != ["iata", "name", "city", "state", "country", "latitude", "longitude"]:
        sys.exit(f"{old_path}: unexpected columns {header}")
    known = {row[0] for row in rows}
    missing = (set(CITIES) | set(NAMES) | CLOSED) - known
    doubled = {row[0] for row in OPENED} & known
    if missing or doubled:
        sys.exit(f"{old_path}: expected to hold {sorted(missing)} and not {sorted(doubled)}")
    with open(new_path, "w", newline="", encoding="utf-8") as new:
        writer = csv.writer(new, lineterminator="\n")
        writer.writerow(header)
        for iata, name, city, state, *rest in rows:
            if iata in CLOSED:
                continue
            city, state = CITIES.get(iata, (city, state))
            writer.writerow([iata, NAMES.get(iata, name), city, state, *rest])
        writer.writerows(OPENED)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
