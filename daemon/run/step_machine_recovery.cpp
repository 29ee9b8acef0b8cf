#include <algorithm>
#include <utility>

#include "daemon/run/step_machine.h"

namespace penstock::run {
namespace {

using connectors::Found;
using connectors::Outcome;

Outcome implied_success() {
  Outcome outcome;
  outcome.state = Outcome::State::succeeded;
  return outcome;
}

Error silent_about_publish() {
  return {ErrorKind::in_doubt,
          "the engine fell silent while the step published, and nobody knows yet whether it took effect",
          "Penstock goes on asking: the step says how it ended when the engine answers",
          {},
          {},
          -1};
}

Error not_confirmed() {
  return {ErrorKind::unavailable, "the engine does not answer; nothing of the step was published, and nothing will be", {}, {}, {}, -1};
}

Outcome unsure() {
  Outcome outcome;
  outcome.state = Outcome::State::unknown;
  outcome.error = Error{ErrorKind::in_doubt, "the engine cannot tell whether the statement took effect", {}, {}, {}, -1};
  return outcome;
}

}  // namespace

/// What is durable after a crash: which units have ended, and which may be running. Units run in order, so the last one with a trace
/// tells that all before it have succeeded.
StepMachine::Action StepMachine::recover(Time now) {
  for (const UnitRun& unit : units_) {
    if (!is_final(unit.state)) continue;
    ++result_.units_finished;
    if (is_main_publish(units_, static_cast<std::size_t>(unit.ordinal)) && unit.rows) result_.rows = unit.rows;
    if (unit.purpose == Purpose::stage && unit.rows && !result_.rows) result_.rows = unit.rows;
    if (unit.state == UnitState::succeeded) continue;
    // The process died between a unit's bad outcome and the end of the step.
    current_ = static_cast<std::size_t>(unit.ordinal);
    const Error error{unit.state == UnitState::unknown ? ErrorKind::in_doubt : ErrorKind::permanent,
                      unit.error ? unit.error->message : "the statement failed",
                      {},
                      {},
                      {},
                      -1};
    if (unit.purpose == Purpose::cleanup) continue;
    result_.state = unit.state == UnitState::cancelled                     ? StepState::cancelled
                    : unit.state == UnitState::unknown && !unit.idempotent ? StepState::unknown
                                                                           : StepState::failed;
    result_.error = error;
    result_.fault = unit.error;
    return adopt_cleanup_or_end(now);
  }
  probes_.clear();
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (is_final(units_[i].state)) continue;
    if (!units_[i].handle.empty()) {
      probes_.assign(1, i);
      continue;
    }
    // The first unit may have been announced and no more; whatever follows one that waits for its handle was not even that.
    if (!waits_for_handle(i) || (probes_.empty() && units_[i].purpose != Purpose::publish)) probes_.push_back(i);
    if (waits_for_handle(i)) break;
  }
  return probe(now);
}

/// The step was decided before the process died; it may have been dropping its working table at that moment.
StepMachine::Action StepMachine::adopt_cleanup_or_end(Time now) {
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (is_final(units_[i].state) || units_[i].handle.empty() || units_[i].purpose != Purpose::cleanup) continue;
    cleaning_ = true;
    current_ = i;
    handle_ = units_[i].handle;
    return Follow{i, {handle_}};
  }
  return done(now);
}

void StepMachine::imply_earlier(Time now) {
  probes_.clear();
  for (std::size_t i = 0; i < current_; ++i) {
    // The rows of a check are gone with the process that read them, so it is made again.
    if (!is_final(units_[i].state) && units_[i].purpose != Purpose::check) record(i, implied_success(), now);
  }
}

StepMachine::Action StepMachine::probe(Time now) {
  if (probes_.empty()) {
    current_ = 0;
    return next(now);
  }
  current_ = probes_.back();
  probes_.pop_back();
  if (units_[current_].handle.empty()) return Find{current_};
  handle_ = units_[current_].handle;
  imply_earlier(now);
  result_.purpose = units_[current_].purpose;
  adopted_ = true;
  return Follow{current_, {handle_}};
}

StepResult StepMachine::abandon() {
  cancelled_ = true;
  StepResult result = result_;
  result.units_total = static_cast<int>(units_.size());
  const bool staged = has_staged();
  int published = 0;
  int open = 0;
  bool is_sent = false;
  for (const UnitRun& unit : units_) {
    const bool succeeded = unit.state == UnitState::succeeded;
    if (staged && unit.purpose == Purpose::cleanup && !succeeded) result.changes.emplace_back(store::PutLeftover{unit});
    if (unit.purpose != Purpose::publish) continue;
    ++(succeeded ? published : open);
    is_sent = is_sent || unit.state == UnitState::unknown || (!is_final(unit.state) && (unit.submitted || recovered_));
  }
  // Where the step is decided, only its working tables are in the engine's hands.
  if (cleaning_) return result;
  result.state = StepState::cancelled;
  result.error = not_confirmed();
  if (is_sent || (published > 0 && open > 0)) {
    result.state = StepState::unknown;
    result.error = silent_about_publish();
  } else if (published > 0) {
    result.state = StepState::succeeded;
    result.error.reset();
  }
  return result;
}

StepResult abandoned(const StartStep& step) {
  StepResult result;
  const bool may_publish = std::any_of(step.units.begin(), step.units.end(),
                                       [](const UnitRun& unit) { return unit.purpose == Purpose::publish && !is_final(unit.state); });
  result.state = may_publish ? StepState::unknown : StepState::cancelled;
  result.error = may_publish ? silent_about_publish() : not_confirmed();
  return result;
}

StepMachine::Action StepMachine::found(const Result<Found>& found, Time now) {
  // What the engine refused is refused, unless the token tells of an earlier try.
  const bool settles =
      found ? found->state == Found::State::running || found->state == Found::State::ended : is_retryable(found.error().kind);
  if (refusal_ && !settles) return followed(*std::exchange(refusal_, std::nullopt), now);
  if (!found) {
    // The engine cannot be asked at the moment, and nothing may be sent before it can.
    if (is_retryable(found.error().kind)) return Find{current_};
    record(current_, unsure(), now);
    return end(StepState::unknown, found.error(), now);
  }
  UnitRun& unit = units_[current_];
  switch (found->state) {
    case Found::State::running:
      imply_earlier(now);
      adopted_ = true;
      handle_ = found->handle.text;
      unit.handle = handle_;
      unit.state = UnitState::submitted;
      unit.submitted = now;
      result_.purpose = unit.purpose;
      pending_.emplace_back(store::UpdateUnit{unit});
      if (cancelled_) {
        // Whoever cancels needs the handle; the end comes back by `followed`.
        after_ = After::none;
        return Follow{current_, {handle_}};
      }
      return flush_then(After::follow, true, now);
    case Found::State::ended:
      imply_earlier(now);
      adopted_ = true;
      return followed(found->outcome, now);
    case Found::State::never_arrived:
      if (settling_ == Settling::by_token) {
        Outcome lost;
        lost.state = Outcome::State::failed;
        lost.error = Error{ErrorKind::transient, "the statement was lost, and it had no effect", {}, {}, {}, -1};
        return followed(lost, now);
      }
      return probe(now);
    case Found::State::unknown:
      if (settling_ == Settling::no && (unit.idempotent || unit.purpose == Purpose::check)) return probe(now);
      record(current_, unsure(), now);
      return end(StepState::unknown,
                 Error{ErrorKind::in_doubt,
                       "the engine cannot tell whether the statement took effect",
                       "look at the table, then say how it ended",
                       {},
                       {},
                       -1},
                 now);
  }
  return probe(now);
}

}  // namespace penstock::run
