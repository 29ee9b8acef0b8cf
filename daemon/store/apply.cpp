#include "daemon/store/apply.h"

#include <chrono>

#include "daemon/store/encoding.h"
#include "daemon/store/rows.h"

namespace penstock::store {
namespace {

constexpr std::int64_t kKeptEvents = 200000;
constexpr std::chrono::hours kKeptRequests{24};
constexpr int kDeleteBatch = 1000;

constexpr const char* kThisRun = "(SELECT number FROM run WHERE id = ?)";

/// One transaction on its way into the database.
class Applier {
 public:
  Applier(Connection& connection, Time at, std::vector<Event>& events) : connection_(connection), at_(at), events_(events) {}

  void operator()(const InsertRun& change) {
    static const std::string sql = std::string("INSERT INTO run (") + kRunColumns + ") VALUES (" + placeholders(kRunColumns) + ")";
    static const std::string step_sql =
        std::string("INSERT INTO step (run, ") + kStepColumns + ") VALUES (?, " + placeholders(kStepColumns) + ")";
    const Run& run = change.run;
    if (run.trigger.kind == TriggerKind::schedule && run.state != RunState::skipped && tick_exists(run)) {
      throw Conflict{"the start of " + run.pipeline + " at this nominal time has a run already"};
    }
    {
      Query query(connection_.prepare(sql));
      bind(query, run);
      query.run();
    }
    const std::int64_t number = connection_.database().getLastInsertRowid();
    for (const StepRun& step : change.steps) {
      Query query(connection_.prepare(step_sql));
      query.in(number);
      bind(query, step);
      query.run();
    }
    if (!run.retry_of.empty()) {
      Query(connection_.prepare("UPDATE run SET retried_by = ? WHERE id = ?")).in(run.id).in(run.retry_of).run();
    }
    announce(Event::Kind::run, run.pipeline, run.id, "", "", name_of(run.state));
    if (is_final(run.state)) record_end(run);
  }

  void operator()(const UpdateRun& change) {
    static const std::string sql = "UPDATE run SET " + assignments(kRunProgress) + " WHERE id = ? AND state = ?";
    Query query(connection_.prepare(sql));
    bind_progress(query, change.run);
    query.in(change.run.id).in(name_of(change.from));
    if (query.run() != 1) throw Conflict{"run " + change.run.id + " is no longer " + std::string(name_of(change.from))};
    announce(Event::Kind::run, change.run.pipeline, change.run.id, "", "", name_of(change.run.state));
    if (is_final(change.run.state) && !is_final(change.from)) record_end(change.run);
  }

  void operator()(const UpdateStep& change) {
    static const std::string sql =
        "UPDATE step SET " + assignments(kStepProgress) + " WHERE run = " + kThisRun + " AND ordinal = ? AND state = ? AND attempt = ?";
    const StepRun& step = change.step;
    Query query(connection_.prepare(sql));
    bind_progress(query, step);
    query.in(step.run_id).in(step.ordinal).in(name_of(change.from)).in(change.from_attempt);
    if (query.run() != 1)
      throw Conflict{"step " + step.name + " of run " + step.run_id + " is no longer " + std::string(name_of(change.from))};
    announce(Event::Kind::step, step.pipeline, step.run_id, step.name, "", name_of(step.state));
  }

  void operator()(const InsertAttempt& change) {
    static const std::string sql =
        std::string("INSERT INTO attempt (run, ") + kAttemptColumns + ") VALUES (" + kThisRun + ", " + placeholders(kAttemptColumns) + ")";
    Query query(connection_.prepare(sql));
    query.in(change.attempt.run_id);
    bind(query, change.attempt);
    query.run();
  }

  void operator()(const InsertUnits& change) {
    static const std::string sql =
        std::string("INSERT INTO unit (run, ") + kUnitColumns + ") VALUES (" + kThisRun + ", " + placeholders(kUnitColumns) + ")";
    for (const auto& [hash, text] : change.texts) put_text(hash, text);
    for (const UnitRun& unit : change.units) {
      Query query(connection_.prepare(sql));
      query.in(unit.run_id);
      bind(query, unit);
      query.run();
    }
  }

  void operator()(const UpdateUnit& change) {
    static const std::string sql = "UPDATE unit SET " + assignments(kUnitProgress) + " WHERE token = ? AND finished IS NULL";
    const UnitRun& unit = change.unit;
    Query query(connection_.prepare(sql));
    bind_progress(query, unit);
    query.in(unit.token);
    if (query.run() != 1) throw Conflict{"unit " + unit.token + " has ended already"};
    if (unit.state == UnitState::succeeded && !unit.made_table.empty()) note_layout(unit);
    announce(Event::Kind::unit, "", unit.run_id, unit.step, unit.token, name_of(unit.state));
  }

  void operator()(const InsertChecks& change) {
    static const std::string sql = std::string("INSERT OR REPLACE INTO check_result (run, ") + kCheckColumns + ") VALUES (" + kThisRun +
                                   ", " + placeholders(kCheckColumns) + ")";
    for (const CheckRun& check : change.checks) {
      Query query(connection_.prepare(sql));
      query.in(check.run_id);
      bind(query, check);
      query.run();
      announce(Event::Kind::check, "", check.run_id, check.step, check.name, name_of(check.state));
    }
  }

  void operator()(const PutPublished& change) {
    static const std::string sql =
        std::string("INSERT OR REPLACE INTO published (") + kPublishedColumns + ") VALUES (" + placeholders(kPublishedColumns) + ")";
    Query query(connection_.prepare(sql));
    bind(query, change.published);
    query.run();
  }

  void operator()(const SetPaused& change) {
    Query query(
        connection_.prepare("INSERT INTO pipeline (name, paused) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET paused = excluded.paused"));
    query.in(change.pipeline).in(change.paused).run();
    announce(Event::Kind::pipeline, change.pipeline, "", "", "schedule", change.paused ? "paused" : "active");
  }

  void operator()(const MoveCursor& change) {
    Query query(
        connection_.prepare("INSERT INTO cursor (pipeline, trigger, definition, at) VALUES (?, ?, ?, ?) ON CONFLICT (pipeline, trigger) "
                            "DO UPDATE SET definition = excluded.definition, at = iif(?, excluded.at, max(at, excluded.at))"));
    query.in(change.cursor.pipeline).in(change.cursor.trigger).in(change.cursor.definition).in(change.cursor.at).in(change.is_back).run();
  }

  void operator()(const InsertBackfill& change) {
    static const std::string sql =
        std::string("INSERT INTO backfill (") + kBackfillColumns + ") VALUES (" + placeholders(kBackfillColumns) + ")";
    {
      Query query(connection_.prepare(sql));
      bind(query, change.backfill);
      query.run();
    }
    for (const BackfillInterval& interval : change.intervals) {
      Query query(connection_.prepare("INSERT INTO backfill_interval (backfill, ordinal, start, until, run_id) VALUES (?, ?, ?, ?, ?)"));
      query.in(change.backfill.id).in(interval.ordinal).in(interval.interval.start).in(interval.interval.end).in(interval.run_id).run();
    }
    announce(Event::Kind::backfill, change.backfill.pipeline, "", "", change.backfill.id, name_of(change.backfill.state));
  }

  void operator()(const UpdateBackfill& change) {
    static const std::string sql = "UPDATE backfill SET " + assignments(kBackfillProgress) + " WHERE id = ? AND finished IS NULL";
    Query query(connection_.prepare(sql));
    bind_progress(query, change.backfill);
    query.in(change.backfill.id);
    if (query.run() != 1) throw Conflict{"backfill " + change.backfill.id + " has ended already"};
    announce(Event::Kind::backfill, change.backfill.pipeline, "", "", change.backfill.id, name_of(change.backfill.state));
  }

  void operator()(const AssignInterval& change) {
    Query query(connection_.prepare("UPDATE backfill_interval SET run_id = ? WHERE backfill = ? AND ordinal = ? AND run_id = ''"));
    query.in(change.run_id).in(change.backfill_id).in(change.ordinal);
    if (query.run() != 1) throw Conflict{"an interval of backfill " + change.backfill_id + " has a run already"};
  }

  void operator()(const InsertVersion& change) {
    std::vector<std::string> files;
    for (const ProjectVersion::File& file : change.version.files) {
      const ContentHash hash = hash_content(file.text);
      put_text(hash, file.text);
      files.push_back(file.path);
      files.push_back(to_hex(hash));
    }
    Query query(connection_.prepare("INSERT OR IGNORE INTO version (hash, environment, files, loaded) VALUES (?, ?, ?, ?)"));
    query.in(change.version.hash).in(change.version.environment).in(to_json(files)).in(change.version.loaded).run();
  }

  void operator()(const RememberRequest& change) {
    Query query(connection_.prepare("INSERT OR IGNORE INTO request (key, request_hash, answer, at) VALUES (?, ?, ?, ?)"));
    query.in(change.key).in(change.request_hash).in(change.answer).in(change.at);
    if (query.run() != 1) throw Conflict{"the idempotency key was used before"};
  }

  void operator()(const PutOutbox& change) {
    Query(connection_.prepare("INSERT INTO outbox (at, topic, body) VALUES (?, ?, ?)")).in(at_).in(change.topic).in(change.body).run();
  }

  void operator()(const PutLeftover& change) {
    static const std::string sql =
        std::string("INSERT OR IGNORE INTO leftover (connection, statements, run, step) VALUES (?, ?, ") + kThisRun + ", ?)";
    const UnitRun& unit = change.unit;
    Query(connection_.prepare(sql)).in(unit.connection).in(encode(unit.statements)).in(unit.run_id).in(unit.step).run();
  }

  void operator()(const DropLeftover& change) {
    Query(connection_.prepare("DELETE FROM leftover WHERE connection = ? AND statements = ?"))
        .in(change.connection)
        .in(encode(change.statements))
        .run();
  }

  void operator()(const AckOutbox& change) { Query(connection_.prepare("DELETE FROM outbox WHERE id = ?")).in(change.id).run(); }

  void operator()(const AnnounceEvent& change) {
    const Event& event = change.event;
    announce(event.kind, event.pipeline, event.run_id, event.step, event.subject, event.state);
  }

 private:
  bool tick_exists(const Run& run) {
    Query query(
        connection_.prepare("SELECT 1 FROM run WHERE pipeline = ? AND trigger_name = ? AND nominal = ? AND trigger_kind = 'schedule' "
                            "AND state <> 'skipped'"));
    return query.in(run.pipeline).in(run.trigger.name).in(run.trigger.nominal).next();
  }

  void put_text(const ContentHash& hash, const std::string& text) {
    Query(connection_.prepare("INSERT INTO content (hash, body, uses) VALUES (?, ?, 1) ON CONFLICT (hash) DO UPDATE SET uses = uses + 1"))
        .in(hash)
        .in(text)
        .run();
  }

  // A table that no step's layout made is as one of which nothing is known.
  void note_layout(const UnitRun& unit) {
    if (unit.made_layout.empty()) {
      Query(connection_.prepare("DELETE FROM laid_out WHERE connection = ? AND table_name = ?"))
          .in(unit.connection)
          .in(unit.made_table)
          .run();
      return;
    }
    Query(connection_.prepare("INSERT OR REPLACE INTO laid_out (connection, table_name, layout, run_id, at) VALUES (?, ?, ?, ?, ?)"))
        .in(unit.connection)
        .in(unit.made_table)
        .in(unit.made_layout)
        .in(unit.run_id)
        .in(at_)
        .run();
  }

  void record_end(const Run& run) {
    const std::int64_t duration =
        run.started && run.finished ? std::chrono::duration_cast<std::chrono::milliseconds>(*run.finished - *run.started).count() : 0;
    const auto day = std::chrono::floor<std::chrono::days>(run.created).time_since_epoch().count();
    Query(
        connection_.prepare("INSERT INTO rollup (pipeline, day, state, runs, duration_ms) VALUES (?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET "
                            "runs = runs + 1, duration_ms = duration_ms + excluded.duration_ms"))
        .in(run.pipeline)
        .in(static_cast<std::int64_t>(day))
        .in(name_of(run.state))
        .in(duration)
        .run();
    if (run.state == RunState::succeeded) {
      Query(connection_.prepare("INSERT INTO pipeline (name, last_success) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET last_success = "
                                "max(ifnull(last_success, 0), excluded.last_success)"))
          .in(run.pipeline)
          .in(run.finished)
          .run();
    }
  }

  void announce(Event::Kind kind, const std::string& pipeline, const std::string& run_id, const std::string& step,
                const std::string& subject, std::string_view state) {
    Query query(connection_.prepare("INSERT INTO event (at, kind, pipeline, run_id, step, subject, state) VALUES (?, ?, ?, ?, ?, ?, ?)"));
    query.in(at_).in(name_of(kind)).in(pipeline).in(run_id).in(step).in(subject).in(state).run();
    Event event;
    event.sequence = connection_.database().getLastInsertRowid();
    event.at = at_;
    event.kind = kind;
    event.pipeline = pipeline;
    event.run_id = run_id;
    event.step = step;
    event.subject = subject;
    event.state = std::string(state);
    events_.push_back(std::move(event));
  }

  Connection& connection_;
  Time at_;
  std::vector<Event>& events_;
};

}  // namespace

void apply(Connection& connection, const Transaction& transaction, std::vector<Event>& events) {
  Applier applier(connection, transaction.at, events);
  for (const Change& change : transaction.changes) std::visit(applier, change);
}

bool delete_expired(Connection& connection, Time now) {
  const int events = Query(connection.prepare("DELETE FROM event WHERE sequence IN (SELECT sequence FROM event WHERE sequence <= (SELECT "
                                              "max(sequence) FROM event) - ? ORDER BY sequence LIMIT ?)"))
                         .in(kKeptEvents)
                         .in(kDeleteBatch)
                         .run();
  const int requests =
      Query(connection.prepare("DELETE FROM request WHERE key IN (SELECT key FROM request WHERE at < ? ORDER BY at LIMIT ?)"))
          .in(now - kKeptRequests)
          .in(kDeleteBatch)
          .run();
  return events == kDeleteBatch || requests == kDeleteBatch;
}

}  // namespace penstock::store
