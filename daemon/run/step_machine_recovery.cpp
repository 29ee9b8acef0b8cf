#include <algorithm>

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
    if (unit.purpose == Purpose::publish && unit.rows) result_.rows = unit.rows;
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
  for (current_ = units_.size(); current_ > 0; --current_) {
    const UnitRun& unit = units_[current_ - 1];
    if (unit.purpose != Purpose::cleanup || unit.state == UnitState::intent || !was_cleaning_up()) continue;
    decide_against();
    return adopt_cleanup_or_end(now);
  }
  probes_.clear();
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (is_final(units_[i].state)) continue;
    if (!units_[i].handle.empty()) probes_.assign(1, i);
    const bool may_have_begun = units_[i].purpose != Purpose::publish && (context_.token_suffices || probes_.empty());
    if (units_[i].handle.empty() && may_have_begun) probes_.push_back(i);
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

/// A publish is followed only when its handle is durable. So where a later unit has a trace and the publish has none, the step had been
/// decided against, and only its working table was being dropped; the reason was not durable yet.
bool StepMachine::was_cleaning_up() const {
  for (std::size_t i = 0; i < current_; ++i) {
    if (units_[i].purpose == Purpose::publish && units_[i].state == UnitState::intent) return true;
  }
  return false;
}

void StepMachine::decide_against() {
  result_.state = cancelled_ ? StepState::cancelled : StepState::failed;
  result_.error = Error{ErrorKind::transient, "the process ended while the step's working table was being dropped", {}, {}, {}, -1};
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

StepMachine::Action StepMachine::found(const Result<Found>& found, Time now) {
  if (!found) {
    // The engine cannot be asked at the moment, and nothing may be sent before it can.
    if (is_retryable(found.error().kind)) return Find{current_};
    record(current_, unsure(), now);
    return end(StepState::unknown, found.error(), now);
  }
  UnitRun& unit = units_[current_];
  const bool has_trace = found->state == Found::State::running || found->state == Found::State::ended;
  if (has_trace && was_cleaning_up()) {
    cleaning_ = true;
    probes_.clear();
    decide_against();
    if (found->state == Found::State::ended) return followed(found->outcome, now);
    handle_ = found->handle.text;
    unit.handle = handle_;
    unit.state = UnitState::submitted;
    unit.submitted = now;
    pending_.emplace_back(store::UpdateUnit{unit});
    return flush_then(After::follow, true, now);
  }
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
      if (settling_) {
        Outcome lost;
        lost.state = Outcome::State::failed;
        lost.error = Error{ErrorKind::transient, "the statement was lost, and it had no effect", {}, {}, {}, -1};
        return followed(lost, now);
      }
      return probe(now);
    case Found::State::unknown:
      if (!settling_ && (unit.idempotent || unit.purpose == Purpose::check)) return probe(now);
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
