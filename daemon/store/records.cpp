#include "daemon/store/records.h"

#include <array>
#include <utility>

namespace penstock::store {
namespace {

template <typename T, std::size_t N>
using Names = std::array<std::pair<T, std::string_view>, N>;

constexpr Names<RunState, 9> kRunStates{{{RunState::scheduled, "scheduled"},
                                         {RunState::queued, "queued"},
                                         {RunState::running, "running"},
                                         {RunState::cancelling, "cancelling"},
                                         {RunState::succeeded, "succeeded"},
                                         {RunState::failed, "failed"},
                                         {RunState::cancelled, "cancelled"},
                                         {RunState::timed_out, "timed_out"},
                                         {RunState::skipped, "skipped"}}};
constexpr Names<StepState, 8> kStepStates{{{StepState::pending, "pending"},
                                           {StepState::queued, "queued"},
                                           {StepState::running, "running"},
                                           {StepState::succeeded, "succeeded"},
                                           {StepState::failed, "failed"},
                                           {StepState::cancelled, "cancelled"},
                                           {StepState::skipped, "skipped"},
                                           {StepState::unknown, "unknown"}}};
constexpr Names<UnitState, 6> kUnitStates{{{UnitState::intent, "intent"},
                                           {UnitState::submitted, "submitted"},
                                           {UnitState::succeeded, "succeeded"},
                                           {UnitState::failed, "failed"},
                                           {UnitState::cancelled, "cancelled"},
                                           {UnitState::unknown, "unknown"}}};
constexpr Names<BackfillState, 6> kBackfillStates{{{BackfillState::queued, "queued"},
                                                   {BackfillState::running, "running"},
                                                   {BackfillState::cancelling, "cancelling"},
                                                   {BackfillState::succeeded, "succeeded"},
                                                   {BackfillState::failed, "failed"},
                                                   {BackfillState::cancelled, "cancelled"}}};
constexpr Names<TriggerKind, 6> kTriggerKinds{{{TriggerKind::schedule, "schedule"},
                                               {TriggerKind::upstream, "upstream"},
                                               {TriggerKind::api, "api"},
                                               {TriggerKind::cli, "cli"},
                                               {TriggerKind::backfill, "backfill"},
                                               {TriggerKind::retry, "retry"}}};
constexpr Names<Purpose, 5> kPurposes{{{Purpose::prepare, "prepare"},
                                       {Purpose::stage, "stage"},
                                       {Purpose::check, "check"},
                                       {Purpose::publish, "publish"},
                                       {Purpose::cleanup, "cleanup"}}};
constexpr Names<CheckState, 3> kCheckStates{
    {{CheckState::passed, "passed"}, {CheckState::failed, "failed"}, {CheckState::warned, "warned"}}};
constexpr Names<Event::Kind, 8> kEventKinds{{{Event::Kind::run, "run"},
                                             {Event::Kind::step, "step"},
                                             {Event::Kind::unit, "unit"},
                                             {Event::Kind::check, "check"},
                                             {Event::Kind::pipeline, "pipeline"},
                                             {Event::Kind::backfill, "backfill"},
                                             {Event::Kind::connection, "connection"},
                                             {Event::Kind::server, "server"}}};

template <typename T, std::size_t N>
std::string_view find_name(const Names<T, N>& names, T value) {
  for (const auto& [key, name] : names) {
    if (key == value) return name;
  }
  return "";
}

template <typename T, std::size_t N>
std::optional<T> find_value(const Names<T, N>& names, std::string_view wanted) {
  for (const auto& [key, name] : names) {
    if (name == wanted) return key;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(RunState state) { return find_name(kRunStates, state); }
std::string_view name_of(StepState state) { return find_name(kStepStates, state); }
std::string_view name_of(UnitState state) { return find_name(kUnitStates, state); }
std::string_view name_of(BackfillState state) { return find_name(kBackfillStates, state); }
std::string_view name_of(TriggerKind kind) { return find_name(kTriggerKinds, kind); }
std::string_view name_of(Purpose purpose) { return find_name(kPurposes, purpose); }
std::string_view name_of(CheckState state) { return find_name(kCheckStates, state); }
std::string_view name_of(Event::Kind kind) { return find_name(kEventKinds, kind); }

std::optional<RunState> parse_run_state(std::string_view name) { return find_value(kRunStates, name); }
std::optional<StepState> parse_step_state(std::string_view name) { return find_value(kStepStates, name); }
std::optional<UnitState> parse_unit_state(std::string_view name) { return find_value(kUnitStates, name); }
std::optional<BackfillState> parse_backfill_state(std::string_view name) { return find_value(kBackfillStates, name); }
std::optional<TriggerKind> parse_trigger_kind(std::string_view name) { return find_value(kTriggerKinds, name); }
std::optional<Purpose> parse_purpose(std::string_view name) { return find_value(kPurposes, name); }
std::optional<CheckState> parse_check_state(std::string_view name) { return find_value(kCheckStates, name); }
std::optional<Event::Kind> parse_event_kind(std::string_view name) { return find_value(kEventKinds, name); }

bool is_final(RunState state) { return state >= RunState::succeeded; }
bool is_final(StepState state) { return state >= StepState::succeeded; }
bool is_final(UnitState state) { return state >= UnitState::succeeded; }
bool is_final(BackfillState state) { return state >= BackfillState::succeeded; }

StepState shown_as(UnitState state) {
  switch (state) {
    case UnitState::intent:
      return StepState::queued;
    case UnitState::submitted:
      return StepState::running;
    case UnitState::succeeded:
      return StepState::succeeded;
    case UnitState::failed:
      return StepState::failed;
    case UnitState::cancelled:
      return StepState::cancelled;
    case UnitState::unknown:
      return StepState::unknown;
  }
  return StepState::unknown;
}

std::string_view phase_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::prepare:
    case Purpose::stage:
      return "stage";
    case Purpose::check:
      return "check";
    case Purpose::publish:
    case Purpose::cleanup:
      return "publish";
  }
  return "stage";
}

Fault fault_from(const Error& error, std::string step) {
  Fault fault;
  switch (error.kind) {
    case ErrorKind::transient:
    case ErrorKind::unavailable:
      fault.kind = "transient";
      break;
    case ErrorKind::throttled:
      fault.kind = "throttled";
      break;
    case ErrorKind::resource:
      fault.kind = "resource";
      break;
    case ErrorKind::in_doubt:
      fault.kind = "in_doubt";
      break;
    case ErrorKind::cancelled:
      fault.kind = "cancelled";
      break;
    case ErrorKind::timed_out:
      fault.kind = "timeout";
      break;
    case ErrorKind::storage:
      fault.kind = "internal";
      break;
    default:
      fault.kind = "permanent";
      break;
  }
  fault.message = error.message;
  fault.hint = error.hint;
  fault.sqlstate = error.sqlstate;
  fault.vendor_code = error.vendor_code;
  fault.statement_offset = error.statement_offset;
  fault.step = std::move(step);
  fault.retryable = is_retryable(error.kind);
  return fault;
}

}  // namespace penstock::store
