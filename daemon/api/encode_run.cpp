#include <algorithm>
#include <array>

#include "daemon/api/encode.h"
#include "pipelines/model/language.h"

namespace penstock::api {
namespace {

std::optional<store::Time> wait_ended(const std::optional<store::Time>& started, const std::optional<store::Time>& finished) {
  return started ? started : finished;
}

Json parameters_json(const store::Parameters& parameters) {
  Json object = Json::object();
  for (const auto& [name, value] : parameters) object[name] = value;
  return object;
}

}  // namespace

Json published_rows(store::StepState state, const std::optional<std::int64_t>& rows) {
  return state == store::StepState::succeeded ? count_or_null(rows) : Json(nullptr);
}

Json run_json(const store::Run& run, const run::Zone& zone, bool may_act) {
  Json actions = Json::array();
  if (may_act && !is_final(run.state) && run.state != store::RunState::cancelling) actions.push_back("cancel");
  if (may_act && is_final(run.state) && run.state != store::RunState::skipped) actions.push_back("retry");
  return Json{{"id", run.id},
              {"pipeline", run.pipeline},
              {"environment", run.environment},
              {"state", name_of(run.state)},
              {"reason", reason_json(run.reason)},
              {"trigger",
               {{"kind", name_of(run.trigger.kind)},
                {"name", text_or_null(run.trigger.name)},
                {"nominal_at", time_or_null(run.trigger.nominal)},
                {"actor", text_or_null(run.trigger.actor)},
                {"note", text_or_null(run.trigger.note)}}},
              {"interval", run.interval ? interval_json(*run.interval, zone) : Json(nullptr)},
              {"parameters", parameters_json(run.parameters)},
              {"retry_of", text_or_null(run.retry_of)},
              {"retried_by", text_or_null(run.retried_by)},
              {"backfill_id", text_or_null(run.backfill_id)},
              {"definition_hash", run.definition_hash},
              {"created_at", rfc3339(run.created)},
              {"queued_at", time_or_null(run.queued)},
              {"started_at", time_or_null(run.started)},
              {"finished_at", time_or_null(run.finished)},
              {"queued_ms", elapsed_ms(run.queued, wait_ended(run.started, run.finished))},
              {"duration_ms", elapsed_ms(run.started, run.finished)},
              {"steps", counts_json(run.steps)},
              {"checks", counts_json(run.checks)},
              {"rows", count_or_null(run.rows)},
              {"bytes_scanned", count_or_null(run.bytes_scanned)},
              {"error", error_json(run.error)},
              {"actions", std::move(actions)}};
}

Json run_mark_json(const store::Run& run) {
  return Json{{"id", run.id},
              {"state", name_of(run.state)},
              {"reason", reason_json(run.reason)},
              {"nominal_at", rfc3339(run.trigger.nominal.value_or(run.created))},
              {"started_at", time_or_null(run.started)},
              {"finished_at", time_or_null(run.finished)},
              {"duration_ms", elapsed_ms(run.started, run.finished)}};
}

std::string_view kind_of(const model::Step& step) {
  constexpr std::array<std::string_view, 3> kKinds{"sql", "components", "native_sql"};
  return kKinds.at(step.body.index());
}

Json publish_json(const model::Publish& publish) {
  Json keys = Json::array();
  for (const auto& key : publish.key) keys.push_back(key.value.text());
  return Json{{"as", model::word_of(publish.mode)},
              {"keys", std::move(keys)},
              {"interval_column", publish.interval ? Json(publish.interval->value.text()) : Json(nullptr)},
              {"schema_changes", model::word_of(publish.on_schema_change)}};
}

Json publish_json(const store::StepRun& step_run, const model::Step* step) {
  if (step != nullptr) return publish_json(step->publish);
  return Json{{"as", step_run.publish_as}, {"keys", Json::array()}, {"interval_column", nullptr}, {"schema_changes", "fail"}};
}

Json step_json(const store::StepRun& step_run, const model::Step* step) {
  return Json{{"run_id", step_run.run_id},
              {"pipeline", step_run.pipeline},
              {"name", step_run.name},
              {"kind", step_run.kind},
              {"connection", step_run.connection},
              {"table", text_or_null(step_run.table)},
              {"publish", publish_json(step_run, step)},
              {"publish_method", step_run.state == store::StepState::succeeded ? text_or_null(step_run.publish_method) : Json(nullptr)},
              {"depends_on", step_run.depends_on},
              {"state", name_of(step_run.state)},
              {"reason", reason_json(step_run.reason)},
              {"phase", step_run.purpose ? Json(store::phase_of(*step_run.purpose)) : Json(nullptr)},
              {"attempt", step_run.attempt},
              {"reused_from", text_or_null(step_run.reused_from)},
              {"queued_at", time_or_null(step_run.queued)},
              {"started_at", time_or_null(step_run.started)},
              {"finished_at", time_or_null(step_run.finished)},
              {"queued_ms", elapsed_ms(step_run.queued, wait_ended(step_run.started, step_run.finished))},
              {"duration_ms", elapsed_ms(step_run.started, step_run.finished)},
              {"next_attempt_at", time_or_null(step_run.next_attempt)},
              {"units_total", step_run.units_total},
              {"units_finished", step_run.units_finished},
              {"rows", published_rows(step_run.state, step_run.rows)},
              {"bytes_scanned", count_or_null(step_run.bytes_scanned)},
              {"checks", counts_json(step_run.checks)},
              {"error", error_json(step_run.error)}};
}

Json unit_json(const store::UnitRun& unit, int ordinal, const std::optional<std::string>& sql) {
  return Json{{"id", unit.token},
              {"ordinal", ordinal},
              {"purpose", store::name_of(unit.purpose)},
              {"state", name_of(shown_as(unit.state))},
              {"connection", unit.connection},
              {"sql", sql ? Json(*sql) : Json(nullptr)},
              {"engine_query_id", text_or_null(unit.engine_query_id)},
              {"engine_url", nullptr},
              {"rows", count_or_null(unit.rows)},
              {"bytes_scanned", count_or_null(unit.bytes_scanned)},
              {"submitted_at", time_or_null(unit.submitted)},
              {"started_at", time_or_null(unit.submitted)},
              {"finished_at", time_or_null(unit.finished)},
              {"duration_ms", elapsed_ms(unit.submitted, unit.finished)},
              {"error", error_json(unit.error, sql ? *sql : std::string_view())}};
}

Json check_json(const store::CheckRun& check) {
  return Json{{"name", check.name},
              {"kind", check.kind},
              {"severity", check.blocking ? "error" : "warn"},
              {"state", name_of(check.state)},
              {"columns", check.columns},
              {"expectation", check.expectation},
              {"found", text_or_null(check.found)},
              {"failing_rows", count_or_null(check.failing_rows)},
              {"unit_id", text_or_null(check.unit_token)},
              {"finished_at", time_or_null(check.finished)}};
}

Json backfill_json(const store::Backfill& backfill, bool may_act) {
  Json actions = Json::array();
  if (may_act && !is_final(backfill.state) && backfill.state != store::BackfillState::cancelling) actions.push_back("cancel");
  return Json{{"id", backfill.id},
              {"pipeline", backfill.pipeline},
              {"environment", backfill.environment},
              {"state", name_of(backfill.state)},
              {"start", rfc3339(backfill.start)},
              {"end", rfc3339(backfill.end)},
              {"parameters", parameters_json(backfill.parameters)},
              {"steps", backfill.selected},
              {"max_active", backfill.max_active},
              {"order", backfill.newest_first ? "newest_first" : "oldest_first"},
              {"on_failure", backfill.stop_on_failure ? "stop" : "continue"},
              {"actor", text_or_null(backfill.actor)},
              {"note", text_or_null(backfill.note)},
              {"created_at", rfc3339(backfill.created)},
              {"finished_at", time_or_null(backfill.finished)},
              {"counts",
               {{"total", backfill.total},
                {"waiting", backfill.waiting},
                {"active", backfill.active},
                {"succeeded", backfill.succeeded},
                {"failed", backfill.failed},
                {"cancelled", backfill.cancelled}}},
              {"actions", std::move(actions)}};
}

}  // namespace penstock::api
