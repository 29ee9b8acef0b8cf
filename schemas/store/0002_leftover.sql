-- Working tables that a step could not drop: the statements of its cleanup, to be sent by a later step on the same connection.
CREATE TABLE leftover (
  connection TEXT NOT NULL,
  statements TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  step TEXT NOT NULL,
  PRIMARY KEY (connection, statements)
) STRICT, WITHOUT ROWID;
