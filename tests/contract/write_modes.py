"""Every write mode through `penstock run`, three times, with rows that come new, change and go; then every table is what the same pipeline
leaves on DuckDB. A target's test has this beside projects.WithProjects as a base, and says how its SQL differs."""
import os

KINDS = "{ k: int64, v: text, amount: \"decimal(10,2)\", seen_at: timestamptz, day: date }"

STEPS = """
  - name: shown
    sql: select k, v, amount + 0.5 as more, seen_at, day from src
    publish: view
  - name: whole
    sql: select k, upper(v) as v, amount, seen_at, day from src
    checks: [ { not_null: k } ]
    publish: table
  - name: log
    sql: select k, v, amount, seen_at, day from src where day >= :interval_start and day < :interval_end
    publish: append
  - name: merged
    sql: select k, v, amount, seen_at, day from src
    publish: { as: merge, key: k }
  - name: newest
    sql: select k, v, amount, seen_at, day from src
    publish: { as: merge, key: k, newest_by: seen_at }
  - name: replaced
    sql: select k, v, amount, seen_at, day from src where day >= :interval_start
    publish: { as: delete_insert, key: k }
  - name: days
    sql: select k, v, amount, seen_at, day from src where day >= :interval_start and day < :interval_end
    publish: { as: delete_insert, interval: day }
  - name: history
    sql: select k, v, amount, day from src
    publish: { as: scd2, key: k, effective_at: day }
"""
COLUMNS = {"shown": "k, v, more, seen_at, day", "history": "k, v, amount, day, valid_from, valid_to, is_current"}
USUAL_COLUMNS = "k, v, amount, seen_at, day"
TABLES = ("shown", "whole", "log", "merged", "newest", "replaced", "days", "history")

# No number and no time ends in a zero, which engines write or leave out. Rows of the source before each run: some change, one goes, one
# comes, one has no text.
ROUNDS = (
    ("2026-01-01", [(1, "a", "1.25", "2026-01-01 10:00:00", "2026-01-01"), (2, "b", "2.25", "2026-01-01 11:30:00.123456", "2026-01-01"),
                    (3, None, "3.25", "2026-01-01 12:00:00", "2026-01-01")]),
    ("2026-01-02", [(1, "a", "1.25", "2026-01-02 10:00:00", "2026-01-02"), (2, "it's \"b\"\\", "-2.75", "2026-01-02 11:00:00", "2026-01-02"),
                    (4, "Zoë ☃", "4.25", "2026-01-02 12:00:00", "2026-01-02")]),
    # The same day once more, as a retry would: only the append grows.
    ("2026-01-02", [(1, "c", "1.75", "2026-01-02 13:00:00", "2026-01-02"), (4, "Zoë ☃", "4.25", "2026-01-02 12:00:00", "2026-01-02")]),
)


def next_day(day):
    return day[:-2] + f"{int(day[-2:]) + 1:02}"


def backslashed(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def doubled(value):
    return "'" + value.replace("'", "''") + "'"


class WriteModes:
    # What a target's test says of it, beside DATASET and `connection`.
    ROUNDS = ROUNDS
    TEXT = "string"
    DECIMAL = "numeric"
    MOMENT = "timestamp '{}+00'"
    quoted = staticmethod(backslashed)

    def ask(self, sql):
        """Rows of texts, at the server."""
        raise NotImplementedError

    def cell(self, column):
        return f"coalesce(cast({column} as {self.TEXT}), '-')"

    def source(self, rows):
        """The rows as a SELECT of the target's."""
        return self._source(rows, self.quoted, self.TEXT, self.DECIMAL, self.MOMENT)

    @staticmethod
    def _source(rows, quoted, text, decimal, moment):
        return " union all ".join(
            f"select {k} as k, " + (f"cast(null as {text})" if v is None else quoted(v)) +
            f" as v, cast('{amount}' as {decimal}) as amount, {moment.format(seen_at)} as seen_at, date '{day}' as day"
            for k, v, amount, seen_at, day in rows)

    def put_source(self):
        """As it is before the first run."""
        self.ask(f"create or replace table {self.DATASET}.src as " + self.source(ROUNDS[0][1]))

    def pipeline(self):
        return (f"pipeline: w\nschedule: {{ cron: \"0 1 * * *\" }}\nsources: {{ src: {{ table: {self.DATASET}.src, columns: {KINDS} }} }}\n"
                f"steps:{STEPS}")

    def test_every_write_mode_leaves_what_duckdb_has(self):
        database = os.path.join(self.folder, "there.duckdb")
        there = self.project("there", f"{{ type: duckdb, path: \"{database}\", schema: {self.DATASET} }}", {"w": self.pipeline()})
        here = self.project("here", self.connection(), {"w": self.pipeline()})
        self.duckdb(database, f"create schema {self.DATASET}")
        for number, (day, rows) in enumerate(self.ROUNDS):
            self.ask(f"create or replace table {self.DATASET}.src as " + self.source(rows))
            theirs = self._source(rows, doubled, "varchar", "decimal(10,2)", "timestamptz '{}+00'")
            self.duckdb(database, f"create or replace table {self.DATASET}.src as " + theirs)
            for folder in (here, there):
                self.penstock(folder, "run", "w", "--from", day, "--to", next_day(day))
            for table in TABLES:
                with self.subTest(table=table, round=number):
                    columns = COLUMNS.get(table, USUAL_COLUMNS).split(", ")
                    mine = self.ask(f"select {', '.join(self.cell(name) for name in columns)} from {self.DATASET}.{table}")
                    cells = ", ".join(f"coalesce(cast({name} as varchar), '-')" for name in columns)
                    self.assertEqual(sorted(mine), sorted(self.duckdb(database, f"select {cells} from {self.DATASET}.{table}")))
        left = [name for name in self.tables() if name.startswith("penstock_") and not name.startswith("penstock_seen")]
        self.assertEqual(left, [], "working tables stayed")
