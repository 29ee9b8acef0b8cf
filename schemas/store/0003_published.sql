-- What made the rows that readers see: of every step the meaning with which it last published.
CREATE TABLE published (
  environment TEXT NOT NULL,
  pipeline TEXT NOT NULL,
  step TEXT NOT NULL,
  connection TEXT NOT NULL,
  catalog TEXT NOT NULL,
  schema TEXT NOT NULL,
  name TEXT NOT NULL,
  query BLOB NOT NULL,
  publish BLOB NOT NULL,
  checks BLOB NOT NULL,
  run_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (environment, pipeline, step)
) STRICT, WITHOUT ROWID;
