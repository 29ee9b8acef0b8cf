-- With what layout published tables were made, so that a plan can say that one lies in another way than its step wants.
CREATE TABLE laid_out (
  connection TEXT NOT NULL,
  table_name TEXT NOT NULL,
  layout TEXT NOT NULL,
  run_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (connection, table_name)
) STRICT, WITHOUT ROWID;

-- The published table that a unit makes, and how; empty for every other unit.
ALTER TABLE unit ADD COLUMN made_table TEXT NOT NULL DEFAULT '';
ALTER TABLE unit ADD COLUMN made_layout TEXT NOT NULL DEFAULT '';
