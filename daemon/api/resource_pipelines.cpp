#include <algorithm>
#include <map>

#include "daemon/api/letter_case.h"
#include "daemon/api/request_reader.h"
#include "daemon/api/resources.h"
#include "daemon/run/expectation.h"
#include "pipelines/ir/type.h"

namespace penstock::api {
namespace {

constexpr int kMarks = 14;
constexpr int kMissedStarts = 20;
constexpr int kNextStarts = 10;

std::string_view name_of(model::Schedule::Misfire misfire) {
  switch (misfire) {
    case model::Schedule::Misfire::skip:
      return "skip";
    case model::Schedule::Misfire::last:
      return "last";
    case model::Schedule::Misfire::all:
      return "all";
  }
  return "last";
}

std::string_view name_of(model::Schedule::Concurrency overlap) {
  switch (overlap) {
    case model::Schedule::Concurrency::skip:
      return "skip";
    case model::Schedule::Concurrency::queue_one:
      return "queue_one";
    case model::Schedule::Concurrency::queue_all:
      return "queue_all";
    case model::Schedule::Concurrency::cancel_running:
      return "cancel_running";
    case model::Schedule::Concurrency::allow:
      return "allow";
  }
  return "skip";
}

std::string_view name_of(model::Schedule::Overlap overlap) {
  switch (overlap) {
    case model::Schedule::Overlap::first:
      return "first";
    case model::Schedule::Overlap::second:
      return "second";
    case model::Schedule::Overlap::both:
      return "both";
  }
  return "first";
}

std::string_view name_of(model::IntervalUnit unit) {
  switch (unit) {
    case model::IntervalUnit::minute:
      return "minute";
    case model::IntervalUnit::hour:
      return "hour";
    case model::IntervalUnit::day:
      return "day";
    case model::IntervalUnit::week:
      return "week";
    case model::IntervalUnit::month:
      return "month";
    case model::IntervalUnit::quarter:
      return "quarter";
    case model::IntervalUnit::year:
      return "year";
  }
  return "day";
}

/// Soonest first; none where no engine runs here, or the pipeline has no schedule or is paused.
/// The calendar unit by which people name an interval: the schedule's own, or a day and longer where the cron fires once in each.
std::optional<model::IntervalUnit> unit_of(const model::Pipeline& pipeline) {
  if (!pipeline.schedule) return std::nullopt;
  if (pipeline.schedule->interval) return pipeline.schedule->interval;
  const auto cron = run::Cron::make(*pipeline.schedule);
  if (!cron || cron->interval_unit() < std::optional(model::IntervalUnit::day)) return std::nullopt;
  return cron->interval_unit();
}

std::vector<store::Time> next_starts(const Context& context, const model::Pipeline& pipeline, const store::PipelineHead& head, int count) {
  if (context.engine == nullptr || !pipeline.schedule || head.paused) return {};
  return run::next_starts(*pipeline.schedule, std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()), count);
}

/// Late: a start that the schedule asked for since the last success is past its usual length. Without an engine nothing is expected.
Json freshness_json(const model::Pipeline& pipeline, const store::PipelineHead& head, const std::vector<store::Time>& starts) {
  const bool expected = pipeline.schedule.has_value() && !head.paused && !starts.empty();
  std::string_view state = "none";
  std::optional<store::Time> due;
  if (expected && !head.last_success) {
    state = "never";
  } else if (expected) {
    const auto failed_since = std::any_of(head.recent.begin(), head.recent.end(), [&](const store::Run& run) {
      return run.trigger.kind == store::TriggerKind::schedule && run.created > *head.last_success && is_final(run.state) &&
             run.state != store::RunState::succeeded;
    });
    state = failed_since ? "late" : "fresh";
    due = failed_since ? head.recent.front().created : starts.front();
  }
  return {{"state", state},
          {"last_success_at", time_or_null(head.last_success)},
          {"due_at", time_or_null(due)},
          {"expected_within_ms", nullptr}};
}

Json pipeline_json(const Context& context, const compiler::CompiledProject& project, const model::Pipeline& pipeline,
                   const store::PipelineHead& head) {
  const std::vector<store::Time> starts = next_starts(context, pipeline, head, 1);
  Json schedule = nullptr;
  if (pipeline.schedule) {
    schedule = {{"trigger", "schedule"},
                {"kind", "cron"},
                {"cron", pipeline.schedule->cron.value},
                {"timezone", pipeline.schedule->timezone.value},
                {"paused", head.paused}};
  }
  Json marks = Json::array();
  for (const store::Run& run : head.recent) marks.push_back(run_mark_json(run));
  return {{"name", pipeline.name},
          {"description", text_or_null(pipeline.description)},
          {"owner", text_or_null(pipeline.owner)},
          {"tags", pipeline.tags},
          {"environment", project.environment},
          {"step_count", pipeline.steps.size()},
          {"schedule", std::move(schedule)},
          {"next_start", starts.empty() ? Json(nullptr) : Json(rfc3339(starts.front()))},
          {"freshness", freshness_json(pipeline, head, starts)},
          {"active_runs", head.active_runs},
          {"recent_runs", std::move(marks)}};
}

std::string node_id(const compiler::CompiledStep& step) { return "step:" + step.name; }

Json columns_json(const ir::Columns& columns) {
  Json list = Json::array();
  for (const ir::Column& column : columns) {
    list.push_back({{"name", column.name.text()},
                    {"type", to_string(column.type)},
                    {"nullable", column.nullable},
                    {"tags", Json::array()},
                    {"description", nullptr}});
  }
  return list;
}

Json check_definitions_json(const compiler::CompiledStep& step) {
  Json checks = Json::array();
  for (const publish::CompiledCheck& check : step.checks) {
    const run::Expectation expected = run::expectation_of(*step.step, check.name);
    checks.push_back({{"name", check.name},
                      {"kind", check.kind},
                      {"severity", check.severity == model::Check::Severity::error ? "error" : "warn"},
                      {"columns", expected.columns},
                      {"expectation", expected.words}});
  }
  return checks;
}

Json latest_json(const std::map<std::string, store::StepRun, std::less<>>& latest, const std::string& step) {
  const auto found = latest.find(step);
  if (found == latest.end()) return nullptr;
  const store::StepRun& run = found->second;
  return {{"run_id", run.run_id},
          {"state", name_of(run.state)},
          {"finished_at", time_or_null(run.finished)},
          {"duration_ms", elapsed_ms(run.started, run.finished)},
          {"rows", published_rows(run.state, run.rows)}};
}

/// The parts of a pipeline's page that come from its compiled steps: definitions, sources and the graph around them.
class PipelineShape {
 public:
  PipelineShape(const compiler::CompiledProject& project, const model::Pipeline& pipeline, const std::vector<store::StepRun>& latest)
      : project_(project), pipeline_(pipeline) {
    for (const store::StepRun& step : latest) latest_.emplace(step.name, step);
    for (std::size_t i = 0; i < project.steps.size(); ++i) {
      if (project.steps[i].pipeline == &pipeline) add(project.steps[i], project.reads[i]);
    }
  }

  Json steps() { return std::move(steps_); }
  Json graph() { return {{"nodes", std::move(nodes_)}, {"edges", std::move(edges_)}, {"truncated", false}}; }

 private:
  void add(const compiler::CompiledStep& step, const std::vector<int>& reads) {
    Json depends = Json::array();
    for (const int read : reads) {
      const compiler::CompiledStep& upstream = project_.steps[static_cast<std::size_t>(read)];
      if (upstream.pipeline == &pipeline_) depends.push_back(upstream.step->name);
      add_node(upstream);
      edges_.push_back({{"from", node_id(upstream)}, {"to", node_id(step)}});
    }
    Json sources = Json::array();
    for (const TableName& table : step.sources) {
      sources.push_back(to_string(table));
      add_source(table, step.connection);
      edges_.push_back({{"from", "source:" + to_string(table)}, {"to", node_id(step)}});
    }
    add_node(step);
    steps_.push_back({{"id", node_id(step)},
                      {"name", step.step->name},
                      {"description", text_or_null(step.step->description)},
                      {"kind", kind_of(*step.step)},
                      {"connection", step.connection},
                      {"table", to_string(step.target)},
                      {"publish", publish_json(step.step->publish)},
                      {"depends_on", std::move(depends)},
                      {"sources", std::move(sources)},
                      {"columns", columns_json(step.columns)},
                      {"checks", check_definitions_json(step)},
                      {"position", position_json(step.step->where, project_.project->sources)},
                      {"latest", latest_json(latest_, step.step->name)}});
  }

  void add_node(const compiler::CompiledStep& step) {
    if (!known_.emplace(node_id(step), true).second) return;
    const auto latest = step.pipeline == &pipeline_ ? latest_.find(step.step->name) : latest_.end();
    nodes_.push_back({{"id", node_id(step)},
                      {"kind", "step"},
                      {"pipeline", step.pipeline->name},
                      {"name", step.step->name},
                      {"table", to_string(step.target)},
                      {"connection", step.connection},
                      {"column_count", step.columns.size()},
                      {"state", latest == latest_.end() ? Json(nullptr) : Json(name_of(latest->second.state))}});
  }

  void add_source(const TableName& table, const std::string& connection) {
    const std::string id = "source:" + to_string(table);
    if (!known_.emplace(id, true).second) return;
    nodes_.push_back({{"id", id},
                      {"kind", "source"},
                      {"pipeline", nullptr},
                      {"name", table.name.text()},
                      {"table", to_string(table)},
                      {"connection", connection},
                      {"column_count", 0},
                      {"state", nullptr}});
  }

  const compiler::CompiledProject& project_;
  const model::Pipeline& pipeline_;
  std::map<std::string, store::StepRun, std::less<>> latest_;
  std::map<std::string, bool, std::less<>> known_;
  Json steps_ = Json::array();
  Json nodes_ = Json::array();
  Json edges_ = Json::array();
};

Json triggers_json(const model::Pipeline& pipeline, const store::PipelineHead& head, const std::vector<store::Time>& starts) {
  Json triggers = Json::array();
  if (!pipeline.schedule) return triggers;
  const model::Schedule& schedule = *pipeline.schedule;
  Json next = Json::array();
  for (const store::Time start : starts) next.push_back(rfc3339(start));
  triggers.push_back({{"name", "schedule"},
                      {"kind", "cron"},
                      {"cron", schedule.cron.value},
                      {"timezone", schedule.timezone.value},
                      {"upstream", Json::array()},
                      {"paused", head.paused},
                      {"misfire", name_of(schedule.misfire)},
                      {"misfire_window_ms", std::chrono::milliseconds(schedule.misfire_window).count()},
                      {"overlap", name_of(schedule.overlap)},
                      {"dst_gap", schedule.dst_gap == model::Schedule::Gap::shift ? "shift" : "skip"},
                      {"dst_overlap", name_of(schedule.dst_overlap)},
                      {"next_starts", std::move(next)}});
  return triggers;
}

Json missed_json(const std::vector<store::Run>& missed) {
  Json list = Json::array();
  for (const store::Run& run : missed) {
    list.push_back({{"run_id", run.id},
                    {"trigger", run.trigger.name},
                    {"nominal_at", rfc3339(run.trigger.nominal.value_or(run.created))},
                    {"reason", reason_json(run.reason)}});
  }
  return list;
}

Json parameters_json(const model::Pipeline& pipeline) {
  Json parameters = Json::array();
  for (const model::ParameterSpec& parameter : pipeline.parameters) {
    parameters.push_back({{"name", parameter.name},
                          {"type", to_string(parameter.type)},
                          {"default", nullptr},
                          {"required", !parameter.fallback.has_value()}});
  }
  return parameters;
}

/// `text` is in lower case.
bool is_wanted(const model::Pipeline& pipeline, const std::string& text, const std::string& owner) {
  if (!owner.empty() && pipeline.owner != owner) return false;
  const auto holds = [&](const std::string& written) { return lower(written).find(text) != std::string::npos; };
  return holds(pipeline.name) || holds(pipeline.owner) || holds(pipeline.description) ||
         std::any_of(pipeline.tags.begin(), pipeline.tags.end(), holds);
}

}  // namespace

Response list_pipelines(Context& context, const Request& request) {
  constexpr int kUsualPage = 50;
  constexpr int kLargestPage = 200;
  constexpr std::ptrdiff_t kLongestText = 200;
  RequestReader reader(request);
  const store::PageRequest page = reader.page(kUsualPage, kLargestPage);
  const int recent = reader.integer("recent", kMarks, 0, 50);
  const auto states = reader.list<store::RunState>("state", store::parse_run_state);
  const std::string text = lower(reader.text("q", kLongestText));
  if (!reader.ok()) return reader.refusal();
  const IndexPtr index = context.index();
  std::vector<std::string> wanted;
  for (const model::Pipeline& pipeline : index->project().project->pipelines) {
    if (pipeline.name > page.cursor && is_wanted(pipeline, text, reader.text("owner"))) wanted.push_back(pipeline.name);
  }
  std::sort(wanted.begin(), wanted.end());
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  const auto fits = [&](const store::PipelineHead& head) {
    return states.empty() || (!head.recent.empty() && std::find(states.begin(), states.end(), head.recent.front().state) != states.end());
  };
  const auto limit = static_cast<std::size_t>(page.limit);
  Json items = Json::array();
  for (std::size_t at = 0; at < wanted.size() && items.size() < limit; at += limit) {
    const auto begin = wanted.begin() + static_cast<std::ptrdiff_t>(at);
    const auto heads = snapshot->heads({begin, begin + static_cast<std::ptrdiff_t>(std::min(limit, wanted.size() - at))}, recent);
    if (!heads) return problem(heads.error(), request.path);
    for (const store::PipelineHead& head : *heads) {
      if (items.size() == limit || !fits(head)) continue;
      items.push_back(pipeline_json(context, index->project(), *index->pipeline(head.name), head));
    }
  }
  const bool more = items.size() == limit && items.back()["name"] != wanted.back();
  const std::string next_cursor = more ? items.back()["name"].get<std::string>() : std::string();
  return json_page(request, std::move(items), next_cursor);
}

Response get_pipeline(Context& context, const Request& request) {
  const std::string& name = request.path_parameters.at("pipeline");
  const IndexPtr index = context.index();
  const compiler::CompiledProject& project = index->project();
  const model::Pipeline* pipeline = index->pipeline(name);
  if (pipeline == nullptr) return no_such_pipeline(project, request, name);
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  const auto heads = snapshot->heads({name}, kMarks);
  if (!heads) return problem(heads.error(), request.path);
  const auto latest = snapshot->latest_steps(name);
  if (!latest) return problem(latest.error(), request.path);
  const auto missed = snapshot->missed(name, kMissedStarts);
  if (!missed) return problem(missed.error(), request.path);
  const std::vector<store::Time> starts = next_starts(context, *pipeline, heads->front(), kNextStarts);

  Json sources = Json::array();
  for (const model::Source& source : pipeline->sources) {
    const std::string table = to_string(source.table.value);
    sources.push_back({{"id", "source:" + table}, {"name", source.name}, {"table", table}, {"connection", ""}});
  }
  std::vector<Diagnostic> diagnostics = project.diagnostics.sorted();
  std::erase_if(diagnostics, [&](const Diagnostic& one) { return one.where.file != pipeline->file; });
  Json interval = nullptr;
  if (const auto unit = unit_of(*pipeline)) {
    interval = {{"unit", name_of(*unit)}, {"start", nullptr}, {"end", nullptr}};
  }
  PipelineShape shape(project, *pipeline, *latest);
  Json detail{{"pipeline", pipeline_json(context, project, *pipeline, heads->front())},
              {"file", project.project->sources.size() > pipeline->file ? project.project->sources.path(pipeline->file) : ""},
              {"definition_hash", to_hex(pipeline->version)},
              {"interval", std::move(interval)},
              {"parameters", parameters_json(*pipeline)},
              {"sources", std::move(sources)},
              {"steps", shape.steps()},
              {"graph", shape.graph()},
              {"triggers", triggers_json(*pipeline, heads->front(), starts)},
              {"missed_starts", missed_json(*missed)}};
  add_diagnostics(detail, diagnostics, project.project->sources);
  return json(std::move(detail));
}

}  // namespace penstock::api
