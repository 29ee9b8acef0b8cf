#include "daemon/store/rows.h"

#include "daemon/store/encoding.h"

namespace penstock::store {
namespace {

template <typename T>
T take(Query& query) {
  T value{};
  query.out(value);
  return value;
}

std::optional<std::string> take_text(Query& query) { return take<std::optional<std::string>>(query); }

}  // namespace

void bind(Query& query, const Run& run) {
  query.in(run.id).in(run.pipeline).in(run.environment).in(name_of(run.state)).in(encode(run.reason)).in(name_of(run.trigger.kind));
  query.in(run.trigger.name).in(run.trigger.nominal).in(run.trigger.actor).in(run.trigger.note);
  query.in(run.interval ? std::optional(run.interval->start) : std::nullopt)
      .in(run.interval ? std::optional(run.interval->end) : std::nullopt);
  query.in(to_json(run.parameters)).in(to_json(run.selected)).in(run.retry_of).in(run.retried_by).in(run.backfill_id).in(run.version);
  query.in(run.definition_hash)
      .in(run.created)
      .in(run.queued)
      .in(run.started)
      .in(run.finished)
      .in(encode(run.steps))
      .in(encode(run.checks));
  query.in(run.rows).in(run.bytes_scanned).in(encode(run.error)).in(run.first_created);
}

void bind_progress(Query& query, const Run& run) {
  query.in(name_of(run.state)).in(encode(run.reason)).in(run.retried_by).in(run.queued).in(run.started).in(run.finished);
  query.in(encode(run.steps)).in(encode(run.checks)).in(run.rows).in(run.bytes_scanned).in(encode(run.error));
}

Run read_run(Query& query) {
  Run run;
  query.out(run.id);
  query.out(run.pipeline);
  query.out(run.environment);
  run.state = parse_run_state(query.text()).value_or(RunState::failed);
  run.reason = decode_reason(take_text(query));
  run.trigger.kind = parse_trigger_kind(query.text()).value_or(TriggerKind::cli);
  query.out(run.trigger.name);
  query.out(run.trigger.nominal);
  query.out(run.trigger.actor);
  query.out(run.trigger.note);
  const auto start = take<std::optional<Time>>(query);
  const auto end = take<std::optional<Time>>(query);
  if (start && end) run.interval = Interval{*start, *end};
  run.parameters = parameters_from_json(query.text());
  run.selected = list_from_json(query.text());
  query.out(run.retry_of);
  query.out(run.retried_by);
  query.out(run.backfill_id);
  query.out(run.version);
  query.out(run.definition_hash);
  query.out(run.created);
  query.out(run.queued);
  query.out(run.started);
  query.out(run.finished);
  run.steps = decode_step_counts(query.text());
  run.checks = decode_check_counts(query.text());
  query.out(run.rows);
  query.out(run.bytes_scanned);
  run.error = decode_fault(take_text(query));
  query.out(run.first_created);
  return run;
}

void bind(Query& query, const StepRun& step) {
  query.in(step.ordinal).in(step.name).in(step.pipeline).in(step.kind).in(step.connection).in(step.table).in(step.publish_as);
  query.in(step.publish_method).in(to_json(step.depends_on)).in(name_of(step.state)).in(encode(step.reason));
  query.in(step.purpose ? std::optional(std::string(name_of(*step.purpose))) : std::nullopt).in(step.attempt).in(step.reused_from);
  query.in(step.queued).in(step.started).in(step.finished).in(step.next_attempt).in(step.units_total).in(step.units_finished).in(step.rows);
  query.in(step.bytes_scanned).in(encode(step.checks)).in(encode(step.error));
}

void bind_progress(Query& query, const StepRun& step) {
  query.in(step.publish_method).in(name_of(step.state)).in(encode(step.reason));
  query.in(step.purpose ? std::optional(std::string(name_of(*step.purpose))) : std::nullopt)
      .in(step.attempt)
      .in(step.queued)
      .in(step.started);
  query.in(step.finished).in(step.next_attempt).in(step.units_total).in(step.units_finished).in(step.rows).in(step.bytes_scanned);
  query.in(encode(step.checks)).in(encode(step.error));
}

StepRun read_step(Query& query) {
  StepRun step;
  query.out(step.run_id);
  query.out(step.ordinal);
  query.out(step.name);
  query.out(step.pipeline);
  query.out(step.kind);
  query.out(step.connection);
  query.out(step.table);
  query.out(step.publish_as);
  query.out(step.publish_method);
  step.depends_on = list_from_json(query.text());
  step.state = parse_step_state(query.text()).value_or(StepState::unknown);
  step.reason = decode_reason(take_text(query));
  if (const auto purpose = take_text(query)) step.purpose = parse_purpose(*purpose);
  query.out(step.attempt);
  query.out(step.reused_from);
  query.out(step.queued);
  query.out(step.started);
  query.out(step.finished);
  query.out(step.next_attempt);
  query.out(step.units_total);
  query.out(step.units_finished);
  query.out(step.rows);
  query.out(step.bytes_scanned);
  step.checks = decode_check_counts(query.text());
  step.error = decode_fault(take_text(query));
  return step;
}

StepMark read_step_mark(Query& query) {
  StepMark mark;
  query.out(mark.name);
  mark.state = parse_step_state(query.text()).value_or(StepState::unknown);
  query.out(mark.attempt);
  query.out(mark.started);
  query.out(mark.finished);
  query.out(mark.rows);
  mark.checks = decode_check_counts(query.text());
  return mark;
}

void bind(Query& query, const UnitRun& unit) {
  query.in(unit.step)
      .in(unit.attempt)
      .in(unit.ordinal)
      .in(unit.token)
      .in(name_of(unit.purpose))
      .in(name_of(unit.state))
      .in(unit.connection);
  query.in(encode(unit.statements)).in(unit.transaction).in(unit.idempotent).in(unit.ledger_token).in(unit.ledger_table);
  query.in(unit.written_table)
      .in(encode(unit.checks))
      .in(unit.handle)
      .in(unit.engine_query_id)
      .in(unit.rows)
      .in(unit.bytes_scanned)
      .in(unit.submitted);
  query.in(unit.finished).in(encode(unit.error)).in(unit.made_table).in(unit.made_layout);
}

void bind_progress(Query& query, const UnitRun& unit) {
  query.in(name_of(unit.state)).in(unit.handle).in(unit.engine_query_id).in(unit.rows).in(unit.bytes_scanned).in(unit.submitted);
  query.in(unit.finished).in(encode(unit.error));
}

UnitRun read_unit(Query& query) {
  UnitRun unit;
  query.out(unit.run_id);
  query.out(unit.step);
  query.out(unit.attempt);
  query.out(unit.ordinal);
  query.out(unit.token);
  unit.purpose = parse_purpose(query.text()).value_or(Purpose::stage);
  unit.state = parse_unit_state(query.text()).value_or(UnitState::unknown);
  query.out(unit.connection);
  unit.statements = decode_hashes(query.text());
  query.out(unit.transaction);
  query.out(unit.idempotent);
  query.out(unit.ledger_token);
  query.out(unit.ledger_table);
  query.out(unit.written_table);
  unit.checks = decode_checks(query.text());
  query.out(unit.handle);
  query.out(unit.engine_query_id);
  query.out(unit.rows);
  query.out(unit.bytes_scanned);
  query.out(unit.submitted);
  query.out(unit.finished);
  unit.error = decode_fault(take_text(query));
  query.out(unit.made_table);
  query.out(unit.made_layout);
  return unit;
}

void bind(Query& query, const CheckRun& check) {
  query.in(check.step).in(check.attempt).in(check.ordinal).in(check.name).in(check.kind).in(check.blocking).in(name_of(check.state));
  query.in(to_json(check.columns)).in(check.expectation).in(check.found).in(check.failing_rows).in(check.unit_token).in(check.finished);
}

CheckRun read_check(Query& query) {
  CheckRun check;
  query.out(check.run_id);
  query.out(check.step);
  query.out(check.attempt);
  query.out(check.ordinal);
  query.out(check.name);
  query.out(check.kind);
  query.out(check.blocking);
  check.state = parse_check_state(query.text()).value_or(CheckState::failed);
  check.columns = list_from_json(query.text());
  query.out(check.expectation);
  query.out(check.found);
  query.out(check.failing_rows);
  query.out(check.unit_token);
  query.out(check.finished);
  return check;
}

void bind(Query& query, const PastAttempt& attempt) {
  query.in(attempt.step).in(attempt.number).in(name_of(attempt.state)).in(attempt.queued).in(attempt.started).in(attempt.finished);
  query.in(encode(attempt.error));
}

PastAttempt read_attempt(Query& query) {
  PastAttempt attempt;
  query.out(attempt.run_id);
  query.out(attempt.step);
  query.out(attempt.number);
  attempt.state = parse_step_state(query.text()).value_or(StepState::failed);
  query.out(attempt.queued);
  query.out(attempt.started);
  query.out(attempt.finished);
  attempt.error = decode_fault(take_text(query));
  return attempt;
}

void bind(Query& query, const Published& published) {
  query.in(published.environment).in(published.pipeline).in(published.step).in(published.connection);
  query.in(published.table.catalog.text()).in(published.table.schema.text()).in(published.table.name.text());
  query.in(published.query).in(published.publish).in(published.checks).in(published.run_id).in(published.at);
}

Published read_published(Query& query) {
  Published published;
  query.out(published.environment);
  query.out(published.pipeline);
  query.out(published.step);
  query.out(published.connection);
  for (Identifier* part : {&published.table.catalog, &published.table.schema, &published.table.name})
    *part = Identifier::exact(query.text());
  query.out(published.query);
  query.out(published.publish);
  query.out(published.checks);
  query.out(published.run_id);
  query.out(published.at);
  return published;
}

void bind(Query& query, const Backfill& backfill) {
  query.in(backfill.id).in(backfill.pipeline).in(backfill.environment).in(name_of(backfill.state)).in(backfill.start).in(backfill.end);
  query.in(to_json(backfill.parameters)).in(to_json(backfill.selected)).in(backfill.max_active).in(backfill.newest_first);
  query.in(backfill.stop_on_failure).in(backfill.actor).in(backfill.note).in(backfill.created).in(backfill.finished).in(backfill.total);
  query.in(backfill.waiting).in(backfill.active).in(backfill.succeeded).in(backfill.failed).in(backfill.cancelled);
}

void bind_progress(Query& query, const Backfill& backfill) {
  query.in(name_of(backfill.state))
      .in(backfill.finished)
      .in(backfill.total)
      .in(backfill.waiting)
      .in(backfill.active)
      .in(backfill.succeeded);
  query.in(backfill.failed).in(backfill.cancelled);
}

Backfill read_backfill(Query& query) {
  Backfill backfill;
  query.out(backfill.id);
  query.out(backfill.pipeline);
  query.out(backfill.environment);
  backfill.state = parse_backfill_state(query.text()).value_or(BackfillState::failed);
  query.out(backfill.start);
  query.out(backfill.end);
  backfill.parameters = parameters_from_json(query.text());
  backfill.selected = list_from_json(query.text());
  query.out(backfill.max_active);
  query.out(backfill.newest_first);
  query.out(backfill.stop_on_failure);
  query.out(backfill.actor);
  query.out(backfill.note);
  query.out(backfill.created);
  query.out(backfill.finished);
  query.out(backfill.total);
  query.out(backfill.waiting);
  query.out(backfill.active);
  query.out(backfill.succeeded);
  query.out(backfill.failed);
  query.out(backfill.cancelled);
  return backfill;
}

namespace {

/// Calls `each` with every name of a column list.
template <typename F>
std::string rewrite(const char* columns, F each) {
  std::string out;
  const std::string text(columns);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    if (!out.empty()) out += ", ";
    out += each(text.substr(at, comma - at));
    at = text.find_first_not_of(", ", comma);
    if (at == std::string::npos) break;
  }
  return out;
}

}  // namespace

std::string placeholders(const char* columns) {
  return rewrite(columns, [](const std::string&) { return std::string("?"); });
}

std::string assignments(const char* columns) {
  return rewrite(columns, [](const std::string& name) { return name + " = ?"; });
}

std::string qualified(const char* columns, const std::string& alias) {
  return rewrite(columns, [&](const std::string& name) { return alias + "." + name; });
}

}  // namespace penstock::store
