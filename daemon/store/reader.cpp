#include "daemon/store/reader.h"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>

#include "daemon/store/lease.h"
#include "daemon/store/rows.h"

namespace penstock::store {
namespace {

constexpr std::size_t kIdleConnections = 8;
constexpr int kRunsSearchedForSteps = 50;
constexpr const char* kInMemory = ":memory:";

std::unique_ptr<Connection> connect_to_read(const std::string& path) {
  if (path != kInMemory) return std::make_unique<Connection>(path, SQLite::OPEN_READONLY);
  auto connection = std::make_unique<Connection>(path, SQLite::OPEN_READWRITE);
  migrate(*connection);
  return connection;
}

}  // namespace

Snapshot::Lease::~Lease() {
  try {
    connection->database().exec("COMMIT");
  } catch (const SQLite::Exception&) {
    return;  // A connection that cannot end a read transaction is not used again.
  }
  const std::lock_guard lock(pool->mutex);
  if (pool->idle.size() < kIdleConnections) pool->idle.push_back(std::move(connection));
}

Snapshot::Snapshot(std::unique_ptr<Lease> lease) : lease_(std::move(lease)) {}
Snapshot::~Snapshot() = default;
Snapshot::Snapshot(Snapshot&&) noexcept = default;

Error Readers::Pool::take(const SQLite::Exception& exception) {
  Error error = storage_error(exception, path);
  const int code = exception.getErrorCode();
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
    const std::lock_guard lock(mutex);
    damage = error;
  }
  return error;
}

std::optional<Error> Readers::damage() const {
  const std::lock_guard lock(pool_->mutex);
  return pool_->damage;
}

Readers::Readers(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}
Readers::~Readers() = default;

Result<std::unique_ptr<Readers>> Readers::open(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0)
    return fail(ErrorKind::not_found, "there is no store at " + path, "run a pipeline first, or name the store");
  auto pool = std::make_shared<Pool>();
  pool->path = path;
  try {
    auto connection = std::make_unique<Connection>(path, SQLite::OPEN_READONLY);
    if (auto ours = check_is_store(*connection, path); !ours) return tl::unexpected(ours.error());
    pool->idle.push_back(std::move(connection));
  } catch (const SQLite::Exception& exception) {
    return fail(storage_error(exception, path));
  }
  return std::unique_ptr<Readers>(new Readers(std::move(pool)));
}

Result<std::unique_ptr<Readers>> Readers::empty() {
  auto pool = std::make_shared<Pool>();
  pool->path = kInMemory;
  return std::unique_ptr<Readers>(new Readers(std::move(pool)));
}

Result<Snapshot> Readers::snapshot() {
  std::unique_ptr<Connection> connection;
  {
    const std::lock_guard lock(pool_->mutex);
    if (!pool_->idle.empty()) {
      connection = std::move(pool_->idle.back());
      pool_->idle.pop_back();
    }
  }
  try {
    if (!connection) connection = connect_to_read(pool_->path);
    connection->database().exec("BEGIN");
    // The first read is what fixes the moment.
    Query(connection->prepare("SELECT epoch FROM daemon")).next();
  } catch (const SQLite::Exception& exception) {
    return fail(pool_->take(exception));
  }
  return Snapshot(std::make_unique<Snapshot::Lease>(pool_, std::move(connection)));
}

std::int64_t Snapshot::last_event() {
  const auto last = lease_->read([](Connection& connection) {
    Query query(connection.prepare("SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)"));
    return query.next() ? query.integer() : 0;
  });
  return last.value_or(0);
}

Result<std::optional<Run>> Snapshot::run(std::string_view id) {
  return lease_->read([&](Connection& connection) -> std::optional<Run> {
    static const std::string sql = std::string("SELECT ") + kRunColumns + " FROM run WHERE id = ?";
    Query query(connection.prepare(sql));
    if (!query.in(id).next()) return std::nullopt;
    return read_run(query);
  });
}

Result<std::vector<StepRun>> Snapshot::steps(std::string_view run_id) {
  return lease_->read([&](Connection& connection) {
    static const std::string sql =
        "SELECT r.id, " + qualified(kStepColumns, "s") + " FROM run r JOIN step s ON s.run = r.number WHERE r.id = ? ORDER BY s.ordinal";
    Query query(connection.prepare(sql));
    query.in(run_id);
    std::vector<StepRun> steps;
    while (query.next()) steps.push_back(read_step(query));
    return steps;
  });
}

Result<std::optional<StepRun>> Snapshot::step(std::string_view run_id, std::string_view step) {
  return lease_->read([&](Connection& connection) -> std::optional<StepRun> {
    static const std::string sql =
        "SELECT r.id, " + qualified(kStepColumns, "s") + " FROM run r JOIN step s ON s.run = r.number WHERE r.id = ? AND s.name = ?";
    Query query(connection.prepare(sql));
    if (!query.in(run_id).in(step).next()) return std::nullopt;
    return read_step(query);
  });
}

Result<std::optional<UnitRun>> Snapshot::unit(std::string_view token) {
  return lease_->read([&](Connection& connection) -> std::optional<UnitRun> {
    static const std::string sql =
        "SELECT r.id, " + qualified(kUnitColumns, "x") + " FROM unit x JOIN run r ON r.number = x.run WHERE x.token = ?";
    Query query(connection.prepare(sql));
    if (!query.in(token).next()) return std::nullopt;
    return read_unit(query);
  });
}

Result<std::optional<CheckRun>> Snapshot::latest_check(std::string_view run_id, std::string_view step, std::string_view check) {
  return lease_->read([&](Connection& connection) -> std::optional<CheckRun> {
    static const std::string sql = "SELECT r.id, " + qualified(kCheckColumns, "x") +
                                   " FROM run r JOIN check_result x ON x.run = r.number WHERE r.id = ? AND x.step = ? AND x.name = ?"
                                   " ORDER BY x.attempt DESC, x.ordinal DESC LIMIT 1";
    Query query(connection.prepare(sql));
    if (!query.in(run_id).in(step).in(check).next()) return std::nullopt;
    return read_check(query);
  });
}

Result<std::vector<std::vector<StepMark>>> Snapshot::step_marks(const std::vector<std::string>& run_ids) {
  return lease_->read([&](Connection& connection) {
    static const std::string sql =
        "SELECT " + qualified(kStepMarkColumns, "s") + " FROM run r JOIN step s ON s.run = r.number WHERE r.id = ? ORDER BY s.ordinal";
    std::vector<std::vector<StepMark>> marks;
    for (const std::string& id : run_ids) {
      std::vector<StepMark>& of_run = marks.emplace_back();
      Query query(connection.prepare(sql));
      query.in(id);
      while (query.next()) of_run.push_back(read_step_mark(query));
    }
    return marks;
  });
}

Result<Attempts> Snapshot::attempts(std::string_view run_id, std::string_view step) {
  return lease_->read([&](Connection& connection) {
    const std::string where = step.empty() ? " WHERE r.id = ?" : " WHERE r.id = ? AND x.step = ?";
    const auto select = [&](const char* columns, const char* table, const char* order) {
      return "SELECT r.id, " + qualified(columns, "x") + " FROM run r JOIN " + table + " x ON x.run = r.number" + where + " ORDER BY " +
             order;
    };
    const auto bound = [&](Query& query) -> Query& {
      query.in(run_id);
      if (!step.empty()) query.in(step);
      return query;
    };
    Attempts attempts;
    Query past(connection.prepare(select(kAttemptColumns, "attempt", "x.step, x.number")));
    for (bound(past); past.next();) attempts.past.push_back(read_attempt(past));
    Query units(connection.prepare(select(kUnitColumns, "unit", "x.step, x.attempt, x.ordinal")));
    for (bound(units); units.next();) attempts.units.push_back(read_unit(units));
    Query checks(connection.prepare(select(kCheckColumns, "check_result", "x.step, x.attempt, x.ordinal")));
    for (bound(checks); checks.next();) attempts.checks.push_back(read_check(checks));
    return attempts;
  });
}

Result<std::vector<StepRun>> Snapshot::latest_steps(std::string_view pipeline) {
  return lease_->read([&](Connection& connection) {
    // Where max() is the only aggregate, SQLite takes the other columns from the row that holds it.
    static const std::string sql =
        "WITH recent AS (SELECT number, id FROM run WHERE pipeline = ? ORDER BY created DESC, id DESC LIMIT ?), "
        "newest AS (SELECT max(s.run) AS run, s.ordinal AS ordinal FROM recent r JOIN step s ON s.run = r.number "
        "WHERE s.started IS NOT NULL GROUP BY s.name) SELECT r.id, " +
        qualified(kStepColumns, "s") +
        " FROM newest n JOIN recent r ON r.number = n.run JOIN step s ON s.run = n.run AND s.ordinal = n.ordinal "
        "ORDER BY n.run DESC, n.ordinal";
    Query query(connection.prepare(sql));
    query.in(pipeline).in(kRunsSearchedForSteps);
    std::vector<StepRun> latest;
    while (query.next()) latest.push_back(read_step(query));
    return latest;
  });
}

Result<std::vector<PipelineHead>> Snapshot::heads(const std::vector<std::string>& pipelines, int recent) {
  return lease_->read([&](Connection& connection) {
    static const std::string recent_sql = std::string("SELECT ") + kRunColumns +
                                          " FROM run WHERE pipeline = ? AND state <> 'scheduled' ORDER BY created DESC, id DESC LIMIT ?";
    std::vector<PipelineHead> heads;
    for (const std::string& name : pipelines) {
      PipelineHead& head = heads.emplace_back();
      head.name = name;
      Query known(connection.prepare("SELECT paused, last_success FROM pipeline WHERE name = ?"));
      if (known.in(name).next()) {
        known.out(head.paused);
        known.out(head.last_success);
      }
      Query active(connection.prepare("SELECT count(*) FROM run WHERE pipeline = ? AND state IN ('queued', 'running', 'cancelling')"));
      if (active.in(name).next()) active.out(head.active_runs);
      Query runs(connection.prepare(recent_sql));
      runs.in(name).in(recent);
      while (runs.next()) head.recent.push_back(read_run(runs));
    }
    return heads;
  });
}

Result<std::vector<Published>> Snapshot::published(std::string_view environment) {
  return lease_->read([&](Connection& connection) {
    static const std::string sql =
        std::string("SELECT ") + kPublishedColumns + " FROM published WHERE environment = ? ORDER BY pipeline, step";
    Query query(connection.prepare(sql));
    query.in(environment);
    std::vector<Published> published;
    while (query.next()) published.push_back(read_published(query));
    return published;
  });
}

Result<std::vector<LaidOut>> Snapshot::laid_out(std::string_view connection) {
  return lease_->read([&](Connection& reader) {
    Query query(reader.prepare("SELECT table_name, layout, run_id, at FROM laid_out WHERE connection = ? ORDER BY table_name"));
    query.in(connection);
    std::vector<LaidOut> tables;
    while (query.next()) {
      LaidOut& table = tables.emplace_back();
      table.connection = std::string(connection);
      query.out(table.table);
      query.out(table.layout);
      query.out(table.run_id);
      query.out(table.at);
    }
    return tables;
  });
}

Result<std::vector<DayCount>> Snapshot::daily(std::string_view pipeline, std::chrono::sys_days from) {
  return lease_->read([&](Connection& connection) {
    Query query(connection.prepare("SELECT day, state, runs, duration_ms FROM rollup WHERE pipeline = ? AND day >= ? ORDER BY day, state"));
    query.in(pipeline).in(static_cast<std::int64_t>(from.time_since_epoch().count()));
    std::vector<DayCount> days;
    while (query.next()) {
      DayCount& count = days.emplace_back();
      count.day = std::chrono::sys_days(std::chrono::days(query.integer()));
      count.state = parse_run_state(query.text()).value_or(RunState::failed);
      query.out(count.runs);
      query.out(count.duration_ms);
    }
    return days;
  });
}

Result<std::vector<Run>> Snapshot::missed(std::string_view pipeline, int limit) {
  return lease_->read([&](Connection& connection) {
    static const std::string sql =
        std::string("SELECT ") + kRunColumns + " FROM run WHERE pipeline = ? AND state = 'skipped' ORDER BY created DESC, id DESC LIMIT ?";
    Query query(connection.prepare(sql));
    query.in(pipeline).in(limit);
    std::vector<Run> runs;
    while (query.next()) runs.push_back(read_run(query));
    return runs;
  });
}

Result<std::optional<Backfill>> Snapshot::backfill(std::string_view id) {
  return lease_->read([&](Connection& connection) -> std::optional<Backfill> {
    static const std::string sql = std::string("SELECT ") + kBackfillColumns + " FROM backfill WHERE id = ?";
    Query query(connection.prepare(sql));
    if (!query.in(id).next()) return std::nullopt;
    return read_backfill(query);
  });
}

Result<std::vector<BackfillInterval>> Snapshot::intervals(std::string_view backfill_id) {
  return lease_->read([&](Connection& connection) {
    Query query(connection.prepare(
        "SELECT i.ordinal, i.start, i.until, i.run_id, r.state, (r.finished - r.started) / 1000 FROM backfill_interval i "
        "LEFT JOIN run r ON r.id = i.run_id WHERE i.backfill = ? ORDER BY i.ordinal"));
    query.in(backfill_id);
    std::vector<BackfillInterval> intervals;
    while (query.next()) {
      BackfillInterval& interval = intervals.emplace_back();
      interval.backfill_id = backfill_id;
      query.out(interval.ordinal);
      query.out(interval.interval.start);
      query.out(interval.interval.end);
      query.out(interval.run_id);
      std::optional<std::string> state;
      query.out(state);
      if (state) interval.state = parse_run_state(*state);
      query.out(interval.duration_ms);
    }
    return intervals;
  });
}

Result<std::optional<std::string>> Snapshot::statement(const ContentHash& hash) {
  return lease_->read([&](Connection& connection) -> std::optional<std::string> {
    Query query(connection.prepare("SELECT body FROM content WHERE hash = ?"));
    if (!query.in(hash).next()) return std::nullopt;
    return query.text();
  });
}

Result<Snapshot::Events> Snapshot::events_after(std::int64_t sequence, int limit) {
  return lease_->read([&](Connection& connection) {
    Events found;
    Query bounds(
        connection.prepare("SELECT ifnull((SELECT min(sequence) FROM event), 1), "
                           "ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)"));
    bounds.next();
    const std::int64_t oldest = bounds.integer();
    const std::int64_t newest = bounds.integer();
    found.lost = sequence + 1 < oldest || sequence > newest;
    if (found.lost) return found;
    Query query(
        connection.prepare("SELECT sequence, at, kind, pipeline, run_id, step, subject, state FROM event WHERE sequence > ? ORDER BY "
                           "sequence LIMIT ?"));
    query.in(sequence).in(limit);
    while (query.next()) {
      Event& event = found.events.emplace_back();
      query.out(event.sequence);
      query.out(event.at);
      event.kind = parse_event_kind(query.text()).value_or(Event::Kind::server);
      query.out(event.pipeline);
      query.out(event.run_id);
      query.out(event.step);
      query.out(event.subject);
      query.out(event.state);
    }
    return found;
  });
}

Result<std::optional<Snapshot::Request>> Snapshot::request(std::string_view key) {
  return lease_->read([&](Connection& connection) -> std::optional<Request> {
    Query query(connection.prepare("SELECT request_hash, answer FROM request WHERE key = ?"));
    if (!query.in(key).next()) return std::nullopt;
    Request request;
    query.out(request.request_hash);
    query.out(request.answer);
    return request;
  });
}

}  // namespace penstock::store
