#include <array>

#include "daemon/store/encoding.h"
#include "daemon/store/lease.h"
#include "daemon/store/reader.h"
#include "daemon/store/rows.h"

namespace penstock::store {
namespace {

/// Of the last attempts of the steps of a run of which the condition holds.
std::vector<UnitRun> read_units(Connection& connection, const std::string& run_id, const char* condition) {
  const std::string sql = "SELECT r.id, " + qualified(kUnitColumns, "u") +
                          " FROM run r JOIN step s ON s.run = r.number JOIN unit u ON u.run = s.run AND u.step = s.name AND u.attempt = "
                          "s.attempt WHERE r.id = ? AND " +
                          condition + " ORDER BY s.ordinal, u.ordinal";
  Query query(connection.prepare(sql));
  query.in(run_id);
  std::vector<UnitRun> units;
  while (query.next()) units.push_back(read_unit(query));
  return units;
}

}  // namespace

Result<std::vector<OpenRun>> Snapshot::open_runs() {
  auto open = lease_->read([](Connection& connection) {
    static const std::string sql =
        std::string("SELECT ") + kRunColumns + " FROM run WHERE state IN ('scheduled', 'queued', 'running', 'cancelling') ORDER BY number";
    Query query(connection.prepare(sql));
    std::vector<OpenRun> runs;
    while (query.next()) runs.emplace_back().run = read_run(query);
    for (OpenRun& run : runs) run.units = read_units(connection, run.run.id, "s.finished IS NULL");
    return runs;
  });
  if (!open) return open;
  for (OpenRun& run : *open) {
    auto steps_of_run = steps(run.run.id);
    if (!steps_of_run) return tl::unexpected(steps_of_run.error());
    run.steps = std::move(*steps_of_run);
  }
  return open;
}

Result<std::vector<OpenRun>> Snapshot::in_doubt(int limit) {
  return lease_->read([limit](Connection& connection) {
    static const std::string run_sql = std::string("SELECT ") + kRunColumns + " FROM run WHERE id = ?";
    static const std::string step_sql =
        "SELECT r.id, " + qualified(kStepColumns, "s") +
        " FROM step s JOIN run r ON r.number = s.run WHERE s.state = 'unknown' AND EXISTS (SELECT 1 FROM unit u WHERE u.run = s.run AND "
        "u.step = s.name AND u.attempt = s.attempt AND u.purpose = 'publish' AND u.finished IS NULL) ORDER BY s.run DESC LIMIT ?";
    Query steps(connection.prepare(step_sql));
    steps.in(limit);
    std::vector<OpenRun> doubtful;
    while (steps.next()) doubtful.emplace_back().steps.push_back(read_step(steps));
    for (OpenRun& one : doubtful) {
      const StepRun& step = one.steps.front();
      Query run(connection.prepare(run_sql));
      if (run.in(step.run_id).next()) one.run = read_run(run);
      for (UnitRun& unit : read_units(connection, step.run_id, "s.state = 'unknown'")) {
        if (unit.step == step.name) one.units.push_back(std::move(unit));
      }
    }
    return doubtful;
  });
}

Result<std::vector<std::vector<ContentHash>>> Snapshot::leftovers(std::string_view connection, int limit) {
  return lease_->read([&](Connection& database) {
    Query query(database.prepare(
        "SELECT l.statements FROM leftover l JOIN run r ON r.number = l.run JOIN step s ON s.run = l.run AND s.name = l.step "
        "WHERE l.connection = ? AND r.finished IS NOT NULL AND s.state <> 'unknown' LIMIT ?"));
    query.in(connection).in(limit);
    std::vector<std::vector<ContentHash>> leftovers;
    while (query.next()) leftovers.push_back(decode_hashes(query.text()));
    return leftovers;
  });
}

Result<std::vector<Cursor>> Snapshot::cursors() {
  return lease_->read([](Connection& connection) {
    Query query(connection.prepare("SELECT pipeline, trigger, definition, at FROM cursor"));
    std::vector<Cursor> cursors;
    while (query.next()) {
      Cursor& cursor = cursors.emplace_back();
      query.out(cursor.pipeline);
      query.out(cursor.trigger);
      query.out(cursor.definition);
      query.out(cursor.at);
    }
    return cursors;
  });
}

Result<std::vector<std::pair<std::string, Time>>> Snapshot::starts_after(Time now) {
  return lease_->read([&](Connection& connection) {
    Query query(connection.prepare(
        "SELECT r.pipeline, r.nominal FROM cursor c CROSS JOIN run r ON r.pipeline = c.pipeline AND r.trigger_name = c.trigger AND "
        "r.nominal > min(c.at, ?) WHERE r.trigger_kind = 'schedule' AND r.state <> 'skipped'"));
    query.in(now);
    std::vector<std::pair<std::string, Time>> starts;
    while (query.next()) {
      auto& [pipeline, nominal] = starts.emplace_back();
      query.out(pipeline);
      query.out(nominal);
    }
    return starts;
  });
}

Result<std::vector<std::string>> Snapshot::paused_pipelines() {
  return lease_->read([](Connection& connection) {
    Query query(connection.prepare("SELECT name FROM pipeline WHERE paused <> 0"));
    std::vector<std::string> names;
    while (query.next()) names.push_back(query.text());
    return names;
  });
}

Result<std::vector<Backfill>> Snapshot::open_backfills() {
  return lease_->read([](Connection& connection) {
    static const std::string sql =
        std::string("SELECT ") + kBackfillColumns + " FROM backfill WHERE finished IS NULL ORDER BY +created, id";
    Query query(connection.prepare(sql));
    std::vector<Backfill> backfills;
    while (query.next()) backfills.push_back(read_backfill(query));
    return backfills;
  });
}

Result<std::optional<ProjectVersion>> Snapshot::version(const ContentHash& hash) {
  return lease_->read([&](Connection& connection) -> std::optional<ProjectVersion> {
    Query query(connection.prepare("SELECT environment, files, loaded FROM version WHERE hash = ?"));
    if (!query.in(hash).next()) return std::nullopt;
    ProjectVersion version;
    version.hash = hash;
    query.out(version.environment);
    const std::vector<std::string> files = list_from_json(query.text());
    query.out(version.loaded);
    for (std::size_t i = 0; i + 1 < files.size(); i += 2) {
      Query body(connection.prepare("SELECT body FROM content WHERE hash = ?"));
      if (!body.in(hash_from_hex(files[i + 1])).next()) return std::nullopt;
      version.files.push_back({files[i], body.text()});
    }
    return version;
  });
}

Result<std::vector<Snapshot::OutboxMessage>> Snapshot::outbox(int limit) {
  return lease_->read([&](Connection& connection) {
    Query query(connection.prepare("SELECT id, topic, body FROM outbox ORDER BY id LIMIT ?"));
    query.in(limit);
    std::vector<OutboxMessage> messages;
    while (query.next()) {
      OutboxMessage& message = messages.emplace_back();
      query.out(message.id);
      query.out(message.topic);
      query.out(message.body);
    }
    return messages;
  });
}

}  // namespace penstock::store
