#include <algorithm>
#include <array>

#include "daemon/api/encode.h"

namespace penstock::api {
namespace {

constexpr std::array<std::string_view, 3> kPhases{"stage", "check", "publish"};

/// The statements of a unit as one text, each ended by a semicolon where there is more than one.
std::optional<std::string> sql_of(const store::UnitRun& unit, store::Snapshot& snapshot) {
  std::string sql;
  for (const ContentHash& hash : unit.statements) {
    const auto text = snapshot.statement(hash);
    if (!text || !*text) return std::nullopt;
    if (!sql.empty()) sql += "\n\n";
    sql += **text;
    if (unit.statements.size() > 1) sql += ';';
  }
  return sql;
}

store::StepState phase_state(const std::vector<const store::UnitRun*>& units, const std::vector<const store::CheckRun*>& checks,
                             std::string_view phase) {
  const auto any = [&](store::UnitState state) {
    return std::any_of(units.begin(), units.end(), [state](const store::UnitRun* unit) { return unit->state == state; });
  };
  if (any(store::UnitState::unknown)) return store::StepState::unknown;
  if (any(store::UnitState::failed)) return store::StepState::failed;
  if (any(store::UnitState::cancelled)) return store::StepState::cancelled;
  if (any(store::UnitState::submitted)) return store::StepState::running;
  if (any(store::UnitState::intent)) return any(store::UnitState::succeeded) ? store::StepState::running : store::StepState::queued;
  const bool check_failed =
      std::any_of(checks.begin(), checks.end(), [](const store::CheckRun* check) { return check->state == store::CheckState::failed; });
  return phase == "check" && check_failed ? store::StepState::failed : store::StepState::succeeded;
}

Json phase_json(std::string_view phase, const std::vector<const store::UnitRun*>& units, const std::vector<const store::CheckRun*>& checks,
                store::Snapshot& snapshot) {
  std::optional<store::Time> started;
  std::optional<store::Time> finished;
  bool open = false;
  Json listed = Json::array();
  for (const store::UnitRun* unit : units) {
    if (unit->submitted && (!started || *unit->submitted < *started)) started = unit->submitted;
    if (unit->finished && (!finished || *unit->finished > *finished)) finished = unit->finished;
    open = open || !is_final(unit->state);
    listed.push_back(unit_json(*unit, static_cast<int>(listed.size()), sql_of(*unit, snapshot)));
  }
  if (open) finished.reset();
  return Json{{"phase", phase},
              {"state", name_of(phase_state(units, checks, phase))},
              {"started_at", time_or_null(started)},
              {"finished_at", time_or_null(finished)},
              {"duration_ms", elapsed_ms(started, finished)},
              {"units", std::move(listed)}};
}

/// What an attempt is, whether it is the last one or a past one.
struct AttemptHead {
  int number;
  store::StepState state;
  std::optional<store::Time> queued;
  std::optional<store::Time> started;
  std::optional<store::Time> finished;
  std::optional<store::Fault> error;
};

Json attempt_json(const std::string& step, const AttemptHead& head, const store::Attempts& attempts, store::Snapshot& snapshot) {
  std::vector<const store::CheckRun*> checks;
  for (const store::CheckRun& check : attempts.checks) {
    if (check.step == step && check.attempt == head.number) checks.push_back(&check);
  }
  Json phases = Json::array();
  for (const std::string_view phase : kPhases) {
    std::vector<const store::UnitRun*> units;
    for (const store::UnitRun& unit : attempts.units) {
      if (unit.step == step && unit.attempt == head.number && store::phase_of(unit.purpose) == phase) units.push_back(&unit);
    }
    if (!units.empty()) phases.push_back(phase_json(phase, units, checks, snapshot));
  }
  Json results = Json::array();
  for (const store::CheckRun* check : checks) results.push_back(check_json(*check));
  return Json{{"step", step},
              {"number", head.number},
              {"state", name_of(head.state)},
              {"queued_at", time_or_null(head.queued)},
              {"started_at", time_or_null(head.started)},
              {"finished_at", time_or_null(head.finished)},
              {"queued_ms", elapsed_ms(head.queued, head.started)},
              {"duration_ms", elapsed_ms(head.started, head.finished)},
              {"phases", std::move(phases)},
              {"checks", std::move(results)},
              {"error", error_json(head.error)}};
}

}  // namespace

Json attempts_json(const store::StepRun& step_run, const store::Attempts& attempts, store::Snapshot& snapshot) {
  Json list = Json::array();
  if (step_run.attempt > 0) {
    const AttemptHead last{step_run.attempt, step_run.state, step_run.queued, step_run.started, step_run.finished, step_run.error};
    list.push_back(attempt_json(step_run.name, last, attempts, snapshot));
  }
  for (auto past = attempts.past.rbegin(); past != attempts.past.rend(); ++past) {
    if (past->step != step_run.name) continue;
    const AttemptHead head{past->number, past->state, past->queued, past->started, past->finished, past->error};
    list.push_back(attempt_json(step_run.name, head, attempts, snapshot));
  }
  return list;
}

}  // namespace penstock::api
