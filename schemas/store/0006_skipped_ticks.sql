-- A start that did not happen because the clock was wrong may happen later; one that did has one run for ever.
DROP INDEX run_by_tick;
CREATE UNIQUE INDEX run_by_tick ON run (pipeline, trigger_name, nominal) WHERE trigger_kind = 'schedule' AND state <> 'skipped';
