-- The metadata store, version 1. Times are microseconds since 1970-01-01 in UTC; lists and maps are JSON; states are their names.

CREATE TABLE daemon (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL,
  owner TEXT NOT NULL
) STRICT;
INSERT INTO daemon VALUES (1, 0, '');

-- Content-addressed texts: statements and the files of projects.
CREATE TABLE content (
  hash BLOB NOT NULL UNIQUE,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE version (
  hash BLOB NOT NULL UNIQUE,
  environment TEXT NOT NULL,
  files TEXT NOT NULL,
  loaded INTEGER NOT NULL
) STRICT;

CREATE TABLE pipeline (
  name TEXT PRIMARY KEY,
  paused INTEGER NOT NULL DEFAULT 0,
  last_success INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
  pipeline TEXT NOT NULL,
  trigger TEXT NOT NULL,
  definition TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (pipeline, trigger)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  pipeline TEXT NOT NULL,
  environment TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  trigger_kind TEXT NOT NULL,
  trigger_name TEXT NOT NULL,
  nominal INTEGER,
  actor TEXT NOT NULL,
  note TEXT NOT NULL,
  interval_start INTEGER,
  interval_end INTEGER,
  parameters TEXT NOT NULL,
  selected TEXT NOT NULL,
  retry_of TEXT NOT NULL,
  retried_by TEXT NOT NULL,
  backfill_id TEXT NOT NULL,
  version BLOB NOT NULL,
  definition_hash TEXT NOT NULL,
  created INTEGER NOT NULL,
  queued INTEGER,
  started INTEGER,
  finished INTEGER,
  step_counts TEXT NOT NULL,
  check_counts TEXT NOT NULL,
  rows INTEGER,
  bytes_scanned INTEGER,
  error TEXT,
  CHECK ((finished IS NULL) = (state IN ('scheduled', 'queued', 'running', 'cancelling'))),
  CHECK ((interval_start IS NULL) = (interval_end IS NULL))
) STRICT;
-- A tick has one run for ever.
CREATE UNIQUE INDEX run_by_tick ON run (pipeline, trigger_name, nominal) WHERE trigger_kind = 'schedule';
CREATE INDEX run_by_created ON run (created, id);
CREATE INDEX run_by_pipeline ON run (pipeline, created, id);
CREATE INDEX run_by_state ON run (state, created, id);
CREATE INDEX run_by_pipeline_state ON run (pipeline, state, created, id);
CREATE INDEX run_by_trigger ON run (trigger_kind, created, id);
CREATE INDEX run_open ON run (pipeline, state) WHERE state IN ('scheduled', 'queued', 'running', 'cancelling');
CREATE INDEX run_by_backfill ON run (backfill_id, created, id) WHERE backfill_id <> '';

CREATE TABLE step (
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  pipeline TEXT NOT NULL,
  kind TEXT NOT NULL,
  connection TEXT NOT NULL,
  table_name TEXT NOT NULL,
  publish_as TEXT NOT NULL,
  publish_method TEXT NOT NULL,
  depends_on TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  purpose TEXT,
  attempt INTEGER NOT NULL,
  reused_from TEXT NOT NULL,
  queued INTEGER,
  started INTEGER,
  finished INTEGER,
  next_attempt INTEGER,
  units_total INTEGER NOT NULL,
  units_finished INTEGER NOT NULL,
  rows INTEGER,
  bytes_scanned INTEGER,
  check_counts TEXT NOT NULL,
  error TEXT,
  PRIMARY KEY (run, ordinal),
  CHECK ((finished IS NULL) = (state IN ('pending', 'queued', 'running')))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX step_by_name ON step (run, name);
CREATE INDEX step_by_pipeline ON step (pipeline, run);
CREATE INDEX step_by_state ON step (state, run);
CREATE INDEX step_by_connection ON step (connection, run);

-- Attempts before a step's last one.
CREATE TABLE attempt (
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  step TEXT NOT NULL,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  queued INTEGER,
  started INTEGER,
  finished INTEGER,
  error TEXT,
  PRIMARY KEY (run, step, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  step TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  token TEXT NOT NULL UNIQUE,
  purpose TEXT NOT NULL,
  state TEXT NOT NULL,
  connection TEXT NOT NULL,
  statements TEXT NOT NULL,
  transactional INTEGER NOT NULL,
  idempotent INTEGER NOT NULL,
  ledger_token TEXT NOT NULL,
  ledger_table TEXT NOT NULL,
  written_table TEXT NOT NULL,
  checks TEXT NOT NULL,
  handle TEXT NOT NULL,
  engine_query_id TEXT NOT NULL,
  rows INTEGER,
  bytes_scanned INTEGER,
  submitted INTEGER,
  finished INTEGER,
  error TEXT,
  PRIMARY KEY (run, step, attempt, ordinal),
  CHECK ((finished IS NULL) = (state IN ('intent', 'submitted')))
) STRICT, WITHOUT ROWID;

CREATE TABLE check_result (
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  step TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  blocking INTEGER NOT NULL,
  state TEXT NOT NULL,
  columns TEXT NOT NULL,
  expectation TEXT NOT NULL,
  found TEXT NOT NULL,
  failing_rows INTEGER,
  unit_token TEXT NOT NULL,
  finished INTEGER,
  PRIMARY KEY (run, step, attempt, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE backfill (
  id TEXT PRIMARY KEY,
  pipeline TEXT NOT NULL,
  environment TEXT NOT NULL,
  state TEXT NOT NULL,
  start INTEGER NOT NULL,
  until INTEGER NOT NULL,
  parameters TEXT NOT NULL,
  selected TEXT NOT NULL,
  max_active INTEGER NOT NULL,
  newest_first INTEGER NOT NULL,
  stop_on_failure INTEGER NOT NULL,
  actor TEXT NOT NULL,
  note TEXT NOT NULL,
  created INTEGER NOT NULL,
  finished INTEGER,
  total INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  active INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL
) STRICT;
CREATE INDEX backfill_by_created ON backfill (created, id);
CREATE INDEX backfill_by_pipeline ON backfill (pipeline, created, id);
CREATE INDEX backfill_open ON backfill (id) WHERE finished IS NULL;

CREATE TABLE backfill_interval (
  backfill TEXT NOT NULL REFERENCES backfill (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  start INTEGER NOT NULL,
  until INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  PRIMARY KEY (backfill, ordinal)
) STRICT, WITHOUT ROWID;

-- Runs that ended, by the UTC day of their creation, so that heat maps never scan runs.
CREATE TABLE rollup (
  pipeline TEXT NOT NULL,
  day INTEGER NOT NULL,
  state TEXT NOT NULL,
  runs INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  PRIMARY KEY (pipeline, day, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  pipeline TEXT NOT NULL,
  run_id TEXT NOT NULL,
  step TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;

CREATE TABLE request (
  key TEXT PRIMARY KEY,
  request_hash TEXT NOT NULL,
  answer TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX request_by_time ON request (at);

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  topic TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
