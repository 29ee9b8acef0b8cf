#pragma once

#include <string>
#include <vector>

#include "daemon/store/connection.h"
#include "daemon/store/records.h"

namespace penstock::store {

/// Records to rows and back. Each `k...Columns` names the columns in the order in which `bind` puts them in and `read` takes them out.
inline constexpr const char* kRunColumns =
    "id, pipeline, environment, state, reason, trigger_kind, trigger_name, nominal, actor, note, interval_start, interval_end, parameters, "
    "selected, retry_of, retried_by, backfill_id, version, definition_hash, created, queued, started, finished, step_counts, check_counts, "
    "rows, bytes_scanned, error, first_created";
void bind(Query& query, const Run& run);
/// What changes in a run's life: an UPDATE names no more, so that no other index is written.
inline constexpr const char* kRunProgress =
    "state, reason, retried_by, queued, started, finished, step_counts, check_counts, rows, bytes_scanned, error";
void bind_progress(Query& query, const Run& run);
Run read_run(Query& query);

/// All columns but `run`; reading begins with the run's id.
inline constexpr const char* kStepColumns =
    "ordinal, name, pipeline, kind, connection, table_name, publish_as, publish_method, depends_on, state, reason, purpose, attempt, "
    "reused_from, queued, started, finished, next_attempt, units_total, units_finished, rows, bytes_scanned, check_counts, error";
void bind(Query& query, const StepRun& step);
inline constexpr const char* kStepProgress =
    "publish_method, state, reason, purpose, attempt, queued, started, finished, next_attempt, units_total, units_finished, rows, "
    "bytes_scanned, check_counts, error";
void bind_progress(Query& query, const StepRun& step);
StepRun read_step(Query& query);

inline constexpr const char* kStepMarkColumns = "name, state, attempt, started, finished, rows, check_counts";
StepMark read_step_mark(Query& query);

inline constexpr const char* kUnitColumns =
    "step, attempt, ordinal, token, purpose, state, connection, statements, transactional, idempotent, ledger_token, ledger_table, "
    "written_table, checks, handle, engine_query_id, rows, bytes_scanned, submitted, finished, error, made_table, made_layout";
void bind(Query& query, const UnitRun& unit);
inline constexpr const char* kUnitProgress = "state, handle, engine_query_id, rows, bytes_scanned, submitted, finished, error";
void bind_progress(Query& query, const UnitRun& unit);
UnitRun read_unit(Query& query);

inline constexpr const char* kCheckColumns =
    "step, attempt, ordinal, name, kind, blocking, state, columns, expectation, found, failing_rows, unit_token, finished";
void bind(Query& query, const CheckRun& check);
CheckRun read_check(Query& query);

inline constexpr const char* kAttemptColumns = "step, number, state, queued, started, finished, error";
void bind(Query& query, const PastAttempt& attempt);
PastAttempt read_attempt(Query& query);

inline constexpr const char* kBackfillColumns =
    "id, pipeline, environment, state, start, until, parameters, selected, max_active, newest_first, stop_on_failure, actor, note, "
    "created, "
    "finished, total, waiting, active, succeeded, failed, cancelled";
void bind(Query& query, const Backfill& backfill);
inline constexpr const char* kBackfillProgress = "state, finished, total, waiting, active, succeeded, failed, cancelled";
void bind_progress(Query& query, const Backfill& backfill);
Backfill read_backfill(Query& query);

inline constexpr const char* kPublishedColumns =
    "environment, pipeline, step, connection, catalog, schema, name, query, publish, checks, run_id, at";
void bind(Query& query, const Published& published);
Published read_published(Query& query);

/// "a, b" -> "?, ?".
std::string placeholders(const char* columns);
/// "a, b" -> "a = ?, b = ?".
std::string assignments(const char* columns);
/// "a, b" -> "x.a, x.b".
std::string qualified(const char* columns, const std::string& alias);

}  // namespace penstock::store
