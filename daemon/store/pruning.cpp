#include "daemon/store/pruning.h"

#include "daemon/store/encoding.h"

namespace penstock::store {
namespace {

constexpr int kMostRows = 1000;
constexpr int kMostPages = 500;

// Jumps from name to name in the index, however many runs there are.
constexpr const char* kPipelines =
    "WITH RECURSIVE known (name) AS (SELECT min(pipeline) FROM run UNION ALL SELECT (SELECT min(pipeline) FROM run WHERE pipeline > "
    "known.name) FROM known WHERE known.name IS NOT NULL) SELECT name FROM known WHERE name IS NOT NULL";

constexpr const char* kNewest = "SELECT created, id FROM run WHERE pipeline = ? ORDER BY created DESC, id DESC LIMIT 1 OFFSET ?";

// What may go: it has ended, well or long ago; nobody has to say how a step of it ended, drop a table for it, or go on with its backfill.
constexpr const char* kOlder =
    "SELECT number, created, id, finished IS NOT NULL AND (state IN ('succeeded', 'skipped') OR created < ?)"
    " AND NOT EXISTS (SELECT 1 FROM step WHERE step.run = run.number AND step.state = 'unknown')"
    " AND NOT EXISTS (SELECT 1 FROM leftover WHERE leftover.run = run.number)"
    " AND NOT EXISTS (SELECT 1 FROM backfill WHERE backfill.id = run.backfill_id AND backfill.finished IS NULL)"
    " FROM run WHERE pipeline = ? AND (created, id) > (?, ?) AND (created, id) < (?, ?) ORDER BY created, id LIMIT ?";

/// Takes rows of one table away and says how many.
int remove(Connection& connection, const char* sql, std::int64_t run, int most) {
  return Query(connection.prepare(sql)).in(run).in(run).in(most).run();
}

/// Units go with the texts that nobody else uses. How many rows went.
int delete_units(Connection& connection, std::int64_t run, int most) {
  std::vector<std::pair<std::string, std::vector<ContentHash>>> units;
  int rows = 0;
  {
    Query query(connection.prepare("SELECT token, statements FROM unit WHERE run = ? LIMIT ?"));
    query.in(run).in(most);
    while (rows < most && query.next()) {
      std::string token = query.text();
      std::vector<ContentHash> statements = decode_hashes(query.text());
      rows += 1 + static_cast<int>(statements.size());
      units.emplace_back(std::move(token), std::move(statements));
    }
  }
  for (const auto& [token, statements] : units) {
    for (const ContentHash& hash : statements) {
      Query(connection.prepare("UPDATE content SET uses = uses - 1 WHERE hash = ?")).in(hash).run();
      Query(connection.prepare("DELETE FROM content WHERE hash = ? AND uses <= 0")).in(hash).run();
    }
    Query(connection.prepare("DELETE FROM unit WHERE token = ?")).in(token).run();
  }
  return rows;
}

}  // namespace

bool Pruning::proceed(Connection& connection) {
  SQLite::Database& database = connection.database();
  {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    const bool more = delete_rows(connection);
    transaction.commit();
    if (more) return true;
  }
  const std::int64_t free_before = database.execAndGet("PRAGMA freelist_count").getInt64();
  if (free_before == 0) return false;
  database.exec("PRAGMA incremental_vacuum(" + std::to_string(kMostPages) + ")");
  const std::int64_t free = database.execAndGet("PRAGMA freelist_count").getInt64();
  return free > 0 && free < free_before;
}

/// The children first, so that no transaction grows with the size of a run.
bool Pruning::delete_rows(Connection& connection) {
  int left = kMostRows;
  while (left > 0) {
    if (!run_ && !find_run(connection)) return pipelines_ && !pipelines_->empty();
    left -= delete_units(connection, *run_, left);
    if (left <= 0) return true;
    left -= remove(connection,
                   "DELETE FROM check_result WHERE run = ? AND (step, attempt, ordinal) IN "
                   "(SELECT step, attempt, ordinal FROM check_result WHERE run = ? LIMIT ?)",
                   *run_, left);
    if (left <= 0) return true;
    left -= remove(connection,
                   "DELETE FROM attempt WHERE run = ? AND (step, number) IN (SELECT step, number FROM attempt WHERE run = ? LIMIT ?)",
                   *run_, left);
    if (left <= 0) return true;
    left -=
        remove(connection, "DELETE FROM step WHERE run = ? AND ordinal IN (SELECT ordinal FROM step WHERE run = ? LIMIT ?)", *run_, left);
    if (left <= 0) return true;
    Query(connection.prepare("DELETE FROM run WHERE number = ?")).in(*run_).run();
    run_.reset();
    --left;
  }
  return true;
}

/// The next run that may go. It looks at so many rows at a time; false without a run does not mean that there is none.
bool Pruning::find_run(Connection& connection) {
  if (!pipelines_) {
    pipelines_.emplace();
    Query query(connection.prepare(kPipelines));
    while (query.next()) pipelines_->push_back(query.text());
  }
  if (pipelines_->empty() || (!kept_from_ && !next_pipeline(connection))) return false;
  Query query(connection.prepare(kOlder));
  query.in(now_ - retention_.failures).in(pipelines_->front()).in(looked_to_.created).in(looked_to_.id);
  query.in(kept_from_->created).in(kept_from_->id).in(kMostRows);
  int rows = 0;
  for (; query.next(); ++rows) {
    const std::int64_t number = query.integer();
    query.out(looked_to_.created);
    query.out(looked_to_.id);
    if (query.integer() == 0) continue;
    run_ = number;
    return true;
  }
  if (rows < kMostRows) {
    pipelines_->pop_front();
    kept_from_.reset();
  }
  return false;
}

bool Pruning::next_pipeline(Connection& connection) {
  Query query(connection.prepare(kNewest));
  query.in(pipelines_->front()).in(std::max(retention_.runs, 1) - 1);
  looked_to_ = {};
  if (!query.next()) {
    pipelines_->pop_front();
    return false;
  }
  kept_from_.emplace();
  query.out(kept_from_->created);
  query.out(kept_from_->id);
  return true;
}

}  // namespace penstock::store
