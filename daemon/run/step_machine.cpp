#include "daemon/run/step_machine.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace penstock::run {
namespace {

using connectors::Outcome;

constexpr std::size_t kTokenLength = 26;

UnitState state_of(Outcome::State state) {
  switch (state) {
    case Outcome::State::succeeded:
      return UnitState::succeeded;
    case Outcome::State::failed:
      return UnitState::failed;
    case Outcome::State::cancelled:
      return UnitState::cancelled;
    case Outcome::State::unknown:
      return UnitState::unknown;
  }
  return UnitState::unknown;
}

std::optional<std::int64_t> to_number(const std::optional<std::string>& cell) {
  if (!cell) return std::nullopt;
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(cell->data(), cell->data() + cell->size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

Error retryable(Error error) {
  error.kind = ErrorKind::transient;
  return error;
}

std::string rows_text(std::int64_t rows) { return std::to_string(rows) + (rows == 1 ? " row" : " rows"); }

}  // namespace

bool is_main_publish(const std::vector<UnitRun>& units, std::size_t index) {
  const auto publishes = [](const UnitRun& unit) { return unit.purpose == Purpose::publish; };
  const auto end = units.begin() + static_cast<std::ptrdiff_t>(index);
  return publishes(*end) && std::none_of(units.begin(), end, publishes);
}

std::string unit_token(const AttemptId& id, std::size_t ordinal) {
  ContentHasher hasher;
  hasher.add(id.run_id).add(id.step).add(static_cast<std::uint64_t>(id.attempt)).add(static_cast<std::uint64_t>(ordinal));
  return to_base32(hasher.finish(), kTokenLength);
}

StepMachine::StepMachine(Context context) : context_(std::move(context)) {}

StepMachine::StepMachine(Context context, std::vector<UnitRun> units, PlannedStep plan)
    : context_(std::move(context)), plan_(std::move(plan)), units_(std::move(units)), recovered_(true) {}

connectors::Token StepMachine::token(std::size_t index) const {
  return {unit_token(context_.id, index), context_.id.run_id, context_.pipeline + "." + context_.id.step, context_.id.attempt};
}

StepMachine::Action StepMachine::begin(Time now) {
  if (!units_.empty()) return recover(now);
  if (cancelled_) return end(StepState::cancelled, std::nullopt, now);
  return Plan{};
}

StepMachine::Action StepMachine::planned(Result<PlannedStep> plan, Time now) {
  if (!plan) return end(StepState::failed, plan.error(), now);
  if (cancelled_) return end(StepState::cancelled, std::nullopt, now);
  plan_ = std::move(*plan);
  result_.publish_method = plan_.publish_method;
  store::InsertUnits intents;
  for (std::size_t i = 0; i < plan_.units.size(); ++i) {
    const PlannedUnit& planned = plan_.units[i];
    UnitRun& unit = units_.emplace_back();
    unit.token = unit_token(context_.id, i);
    unit.run_id = context_.id.run_id;
    unit.step = context_.id.step;
    unit.attempt = context_.id.attempt;
    unit.ordinal = static_cast<int>(i);
    unit.purpose = planned.purpose;
    unit.connection = context_.connection;
    for (const std::string& statement : planned.unit.statements) {
      unit.statements.push_back(hash_content(statement));
      intents.texts.emplace_back(unit.statements.back(), statement);
    }
    unit.transaction = planned.unit.transaction;
    unit.idempotent = planned.unit.idempotent;
    unit.ledger_token = planned.unit.ledger_token;
    unit.ledger_table = planned.unit.ledger_table;
    unit.written_table = planned.unit.written_table;
    unit.checks = planned.checks;
    unit.made_table = planned.made_table;
    unit.made_layout = planned.made_layout;
  }
  intents.units = units_;
  pending_.emplace_back(std::move(intents));
  return flush_then(After::submit, true, now);
}

StepMachine::Action StepMachine::flush_then(After after, bool wait, Time now) {
  after_ = after;
  if (pending_.empty() && !wait) return committed({}, now);
  Commit commit{std::move(pending_), wait};
  pending_.clear();
  return commit;
}

StepMachine::Action StepMachine::committed(const Result<void>& result, Time now) {
  // The store refuses: this process must not act any more. What is durable is enough for the next one.
  if (!result) return end(StepState::unknown, result.error(), now);
  const After after = after_;
  after_ = After::none;
  if (after == After::submit) return next(now);
  if (after == After::follow) {
    if (may_cancel()) return clean_up_or_end(StepState::cancelled, std::nullopt, std::nullopt, now);
    return Follow{current_, {handle_}};
  }
  return done(now);
}

bool StepMachine::was_refused() const {
  return std::any_of(units_.begin(), units_.end(),
                     [](const UnitRun& unit) { return unit.purpose == Purpose::publish && unit.state == UnitState::failed; });
}

/// A cancel that comes after the table was published comes too late: the step succeeded, and the rest of it is only tidying up.
bool StepMachine::may_cancel() const {
  const auto published = [](const UnitRun& unit) { return unit.purpose == Purpose::publish && unit.state == UnitState::succeeded; };
  return cancelled_ && !cleaning_ && std::none_of(units_.begin(), units_.end(), published);
}

/// Sends the first unit that has not ended, or ends the step.
StepMachine::Action StepMachine::next(Time now) {
  while (current_ < units_.size() && is_final(units_[current_].state)) ++current_;
  if (current_ == units_.size()) return cleaning_ ? done(now) : end(StepState::succeeded, std::nullopt, now);
  if (cleaning_ && units_[current_].purpose != Purpose::cleanup) {
    ++current_;
    return next(now);
  }
  if (may_cancel()) return clean_up_or_end(StepState::cancelled, std::nullopt, std::nullopt, now);
  result_.purpose = units_[current_].purpose;
  return Submit{current_};
}

StepMachine::Action StepMachine::submitted(const Result<connectors::Handle>& handle, Time now) {
  if (!handle) {
    Outcome outcome;
    outcome.state = Outcome::State::failed;
    outcome.error = handle.error();
    return followed(outcome, now);
  }
  handle_ = handle->text;
  UnitRun& unit = units_[current_];
  unit.handle = handle_;
  unit.state = UnitState::submitted;
  unit.submitted = now;
  pending_.emplace_back(store::UpdateUnit{unit});
  return flush_then(After::follow, waits_for_handle(current_), now);
}

bool StepMachine::waits_for_handle(std::size_t index) const {
  if (!plan_.units[index].token_suffices) return true;
  if (units_[index].purpose != Purpose::publish) return false;
  const bool is_checked = std::any_of(units_.begin(), units_.end(), [](const UnitRun& unit) { return unit.purpose == Purpose::check; });
  return is_checked || units_[index].ledger_token.empty();
}

std::vector<store::Change> StepMachine::moved(const connectors::Handle& handle) {
  handle_ = handle.text;
  UnitRun& unit = units_[current_];
  unit.handle = handle_;
  unit.state = UnitState::submitted;
  return {store::UpdateUnit{unit}};
}

void StepMachine::record(std::size_t index, const Outcome& outcome, Time now) {
  UnitRun& unit = units_[index];
  unit.state = state_of(outcome.state);
  unit.finished = now;
  unit.rows = outcome.rows_written;
  unit.bytes_scanned = outcome.bytes_scanned;
  unit.engine_query_id = outcome.engine_query_id;
  if (outcome.state != Outcome::State::succeeded) unit.error = store::fault_from(outcome.error, context_.id.step);
  pending_.emplace_back(store::UpdateUnit{unit});
  ++result_.units_finished;
  if (unit.purpose == Purpose::cleanup && unit.state == UnitState::succeeded) {
    pending_.emplace_back(store::DropLeftover{unit.connection, unit.statements});
  }
  if (outcome.bytes_scanned) result_.bytes_scanned = result_.bytes_scanned.value_or(0) + *outcome.bytes_scanned;
  if (is_main_publish(units_, index) && outcome.rows_written) result_.rows = outcome.rows_written;
  if (unit.purpose == Purpose::stage && outcome.rows_written && !result_.rows) result_.rows = outcome.rows_written;
}

StepMachine::Action StepMachine::followed(const Outcome& told, Time now) {
  handle_.clear();
  const std::size_t index = current_;
  const Outcome outcome = explained(index, told);
  const bool idempotent = units_[index].idempotent;
  const bool adopted = std::exchange(adopted_, false);
  const bool rows_lost = outcome.rows.empty() && (outcome.state == Outcome::State::succeeded || is_retryable(outcome.error.kind));
  if (adopted && units_[index].purpose == Purpose::check && rows_lost && !cancelled_) {
    current_ = 0;
    return next(now);
  }
  if (outcome.state == Outcome::State::unknown && !idempotent && !cleaning_ && settling_ != Settling::by_token) return settle(index);
  if (may_have_landed(outcome)) {
    refusal_ = outcome;
    settling_ = Settling::by_token;
    return Find{index};
  }
  refusal_.reset();
  settling_ = Settling::no;
  if (std::optional<Action> sent_again = again(outcome)) return *std::move(sent_again);
  conflicts_ = 0;
  if (units_[index].purpose == Purpose::check && outcome.state == Outcome::State::succeeded) {
    if (std::optional<Fault> fault = read_checks(index, outcome, now)) {
      // The unit itself is marked as failed: whatever the process dies of next, its successor does not publish these rows.
      Outcome refused = outcome;
      refused.state = Outcome::State::failed;
      refused.error = Error{ErrorKind::permanent, fault->message, fault->hint, {}, {}, -1};
      record(index, refused, now);
      units_[index].error = fault;
      pending_.back() = store::UpdateUnit{units_[index]};
      return clean_up_or_end(StepState::failed, refused.error, fault, now);
    }
  }
  record(index, outcome, now);
  if (cleaning_) {
    // The step is decided. A working table that stayed is dropped by the next run of the step.
    ++current_;
    return flush_then(After::submit, false, now);
  }
  switch (outcome.state) {
    case Outcome::State::succeeded:
      break;
    case Outcome::State::cancelled:
      if (units_[index].purpose == Purpose::cleanup) break;
      return clean_up_or_end(StepState::cancelled, outcome.error, std::nullopt, now);
    case Outcome::State::unknown:
      if (units_[index].purpose == Purpose::cleanup) break;
      if (!idempotent) return end(StepState::unknown, outcome.error, now);
      return end(StepState::failed, Error{ErrorKind::transient, outcome.error.message, outcome.error.hint, {}, {}, -1}, now);
    case Outcome::State::failed:
      if (cancelled_ && outcome.error.kind == ErrorKind::cancelled)
        return clean_up_or_end(StepState::cancelled, outcome.error, std::nullopt, now);
      // The publish has happened; that a working table could not be dropped does not undo it.
      if (units_[index].purpose == Purpose::cleanup) break;
      if (outcome.error.kind == ErrorKind::conflict) return end(StepState::failed, retryable(outcome.error), now);
      if (is_retryable(outcome.error.kind)) return end(StepState::failed, outcome.error, now);
      return clean_up_or_end(StepState::failed, outcome.error, std::nullopt, now);
  }
  current_ = 0;
  while (current_ < units_.size() && is_final(units_[current_].state)) ++current_;
  if (current_ == units_.size()) return end(StepState::succeeded, std::nullopt, now);
  return flush_then(After::submit, false, now);
}

/// Where a view could not be made again, the engine's words name a column, and not whose.
Outcome StepMachine::explained(std::size_t index, Outcome outcome) const {
  const auto& remade = plan_.units[index].remade;
  const auto view = remade.find(outcome.failed_statement);
  if (view == remade.end() || outcome.error.kind != ErrorKind::permanent) return outcome;
  outcome.error.message = "the view " + view->second + " cannot be made again over what this step publishes: " + outcome.error.message;
  outcome.error.hint = "nothing was changed: mend the step that publishes the view, or keep what it reads";
  outcome.failed_statement = -1;  // It is said once, however often this outcome is looked at.
  return outcome;
}

/// In doubt is asked about, never sent again. The handle knows more than the token, so it is followed once more first.
StepMachine::Action StepMachine::settle(std::size_t index) {
  if (settling_ == Settling::no && !units_[index].handle.empty()) {
    settling_ = Settling::by_handle;
    handle_ = units_[index].handle;
    return Follow{index, {handle_}};
  }
  settling_ = Settling::by_token;
  return Find{index};
}

/// The ledger takes a token once, so what refuses a publish may be an earlier try of it: one of which nobody heard, or that arrived late.
bool StepMachine::may_have_landed(const Outcome& outcome) const {
  const UnitRun& unit = units_[current_];
  return outcome.state == Outcome::State::failed && outcome.error.kind == ErrorKind::permanent && settling_ != Settling::by_token &&
         unit.purpose == Purpose::publish && !unit.ledger_token.empty();
}

/// A unit that lost against another writer had no effect: the other was first, and the unit comes after it, as it would have with a lock.
/// Working tables and the ledger are made and dropped by statements that may be repeated: one that was lost with its process is sent once
/// more before it counts as failed.
std::optional<StepMachine::Action> StepMachine::again(const Outcome& outcome) {
  if (outcome.state != Outcome::State::failed) return std::nullopt;
  const UnitRun& unit = units_[current_];
  const int most_conflicts = unit.purpose == Purpose::publish ? kMostConflicts : kMostConflictsOfNames;
  if (outcome.error.kind == ErrorKind::conflict && conflicts_ < most_conflicts && (unit.idempotent || unit.purpose == Purpose::publish)) {
    const auto pause = kFirstConflictPause * (1 << std::min(conflicts_, 10));
    ++conflicts_;
    return Pause{std::min<std::chrono::milliseconds>(pause, kLongestConflictPause)};
  }
  const bool repeatable = unit.idempotent && (unit.purpose == Purpose::prepare || unit.purpose == Purpose::cleanup);
  if (!repeatable || resent_ == current_ || outcome.error.kind != ErrorKind::transient) return std::nullopt;
  resent_ = current_;
  return Submit{current_};
}

StepMachine::Action StepMachine::paused(Time now) { return next(now); }

std::optional<Fault> StepMachine::read_checks(std::size_t index, const Outcome& outcome, Time now) {
  store::InsertChecks results;
  std::string broken;
  for (const store::CheckSpec& spec : units_[index].checks) {
    store::CheckRun& check = results.checks.emplace_back();
    check.run_id = context_.id.run_id;
    check.step = context_.id.step;
    check.attempt = context_.id.attempt;
    check.ordinal = recorded_checks_++;
    check.name = spec.name;
    check.kind = spec.kind;
    check.blocking = spec.blocking;
    check.columns = spec.columns;
    check.expectation = spec.expectation;
    check.unit_token = units_[index].token;
    check.finished = now;
    std::int64_t failing = -1;
    for (const connectors::Row& row : outcome.rows) {
      if (row.size() >= 2 && to_number(row[0]) == spec.number) failing = to_number(row[1]).value_or(-1);
    }
    // A check whose row is missing has not been made; it must not pass for one that has.
    if (failing >= 0) check.failing_rows = failing;
    // What breaks a row count is no row of the step.
    const bool counts_all = spec.kind == "row_count" && result_.rows.has_value();
    check.found = failing < 0 ? "the engine gave no result" : rows_text(counts_all ? *result_.rows : failing);
    check.state = failing == 0 ? store::CheckState::passed : spec.blocking ? store::CheckState::failed : store::CheckState::warned;
    ++(check.state == store::CheckState::passed   ? result_.checks.passed
       : check.state == store::CheckState::failed ? result_.checks.failed
                                                  : result_.checks.warned);
    if (check.state == store::CheckState::failed) {
      if (!broken.empty()) broken += "; ";
      broken += spec.name + ": expected " + spec.expectation + ", found " + (failing < 0 ? "no result" : check.found);
    }
  }
  pending_.emplace_back(std::move(results));
  if (broken.empty()) return std::nullopt;
  Fault fault;
  fault.kind = "check";
  fault.message = "a blocking check failed: " + broken;
  fault.hint = "mend the step or its input, then retry; the published table was not touched";
  fault.step = context_.id.step;
  return fault;
}

/// Whether working tables may be there.
bool StepMachine::has_staged() const {
  return std::any_of(units_.begin(), units_.end(), [](const UnitRun& unit) {
    return unit.purpose == Purpose::stage && (unit.submitted || unit.state == UnitState::succeeded);
  });
}

/// The step is decided before it published; working tables are dropped on the way out.
StepMachine::Action StepMachine::clean_up_or_end(StepState state, std::optional<Error> error, std::optional<Fault> fault, Time now) {
  result_.state = state;
  result_.error = std::move(error);
  result_.fault = std::move(fault);
  cleaning_ = true;
  if (!has_staged()) return done(now);
  while (current_ < units_.size() && (is_final(units_[current_].state) || units_[current_].purpose != Purpose::cleanup)) ++current_;
  if (current_ == units_.size()) return done(now);
  // That the rest will not be sent is durable before the working table goes, so that a successor does not take up a publish without it.
  for (UnitRun& unit : units_) {
    if (is_final(unit.state) || unit.purpose == Purpose::cleanup) continue;
    unit.state = UnitState::cancelled;
    unit.finished = now;
    pending_.emplace_back(store::UpdateUnit{unit});
  }
  return flush_then(After::submit, true, now);
}

StepMachine::Action StepMachine::end(StepState state, std::optional<Error> error, Time now) {
  result_.state = state;
  result_.error = std::move(error);
  return done(now);
}

StepMachine::Action StepMachine::done(Time now) {
  const bool staged = has_staged();
  // What was never followed has ended, too: nobody will begin it any more.
  for (UnitRun& unit : units_) {
    if (!is_final(unit.state)) {
      unit.state = UnitState::cancelled;
      unit.finished = now;
      pending_.emplace_back(store::UpdateUnit{unit});
    }
    if (staged && unit.purpose == Purpose::cleanup && unit.state != UnitState::succeeded) {
      pending_.emplace_back(store::PutLeftover{unit});
    }
  }
  result_.units_total = static_cast<int>(units_.size());
  result_.changes = std::move(pending_);
  pending_.clear();
  return Done{std::move(result_)};
}

}  // namespace penstock::run
