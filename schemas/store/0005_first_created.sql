-- When the first of the tries that a run is the last of was created; NULL where it retries none.
ALTER TABLE run ADD COLUMN first_created INTEGER;
