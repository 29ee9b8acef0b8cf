#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "daemon/api/resources.h"

namespace penstock::api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<std::pair<std::string, std::string>>;

class Families {
 public:
  void gauge(const std::string& name, const std::string& help, const Labels& labels, double value) {
    ClientMetric metric;
    for (const auto& [label, text] : labels) metric.label.push_back({label, text});
    metric.gauge.value = value;
    family(name, help).metric.push_back(std::move(metric));
  }

  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  MetricFamily& family(const std::string& name, const std::string& help) {
    for (MetricFamily& known : families_) {
      if (known.name == name) return known;
    }
    families_.push_back(MetricFamily{name, help, MetricType::Gauge, {}});
    return families_.back();
  }

  std::vector<MetricFamily> families_;
};

double seconds_since_epoch(store::Time time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

void add_process(Families& families) {
  std::ifstream statm("/proc/self/statm");
  long long size_pages = 0;
  long long resident_pages = 0;
  statm >> size_pages >> resident_pages;
  families.gauge("process_resident_memory_bytes", "Memory that is resident.", {},
                 static_cast<double>(resident_pages) * static_cast<double>(sysconf(_SC_PAGESIZE)));
}

void add_connections(Families& families, run::Engine& engine) {
  for (const run::ConnectionState& state : engine.connections()) {
    const Labels labels{{"target", state.name}};
    families.gauge("penstock_target_up", "1 unless the connection's circuit breaker is open.", labels, state.state == "down" ? 0 : 1);
    families.gauge("penstock_target_inflight_statements", "Slots in use.", labels, state.slots_used);
    families.gauge("penstock_target_queued_steps", "Steps that wait for a slot.", labels, state.queued);
  }
}

Result<void> add_pipelines(Families& families, store::Snapshot& snapshot, const compiler::CompiledProject& project) {
  std::vector<std::string> names;
  for (const model::Pipeline& pipeline : project.project->pipelines) names.push_back(pipeline.name);
  const auto heads = snapshot.heads(names, 1);
  if (!heads) return tl::unexpected(heads.error());
  for (const store::PipelineHead& head : *heads) {
    const Labels labels{{"pipeline", head.name}};
    families.gauge("penstock_pipeline_active_runs", "Runs that are queued, running or cancelling.", labels, head.active_runs);
    families.gauge("penstock_pipeline_paused", "1 where the pipeline's triggers are paused.", labels, head.paused ? 1 : 0);
    if (head.last_success) {
      families.gauge("penstock_pipeline_last_success_timestamp_seconds", "When a run last succeeded.", labels,
                     seconds_since_epoch(*head.last_success));
    }
    if (head.recent.empty()) continue;
    const store::Run& last = head.recent.front();
    families.gauge("penstock_pipeline_last_run_failed", "1 where the newest run failed.", labels,
                   last.state == store::RunState::failed || last.state == store::RunState::timed_out ? 1 : 0);
  }
  return {};
}

}  // namespace

Response get_metrics(Context& context, const Request& request) {
  Families families;
  families.gauge("penstock_build_info", "The version that answers.", {{"version", context.version}}, 1);
  families.gauge("process_start_time_seconds", "When the daemon started.", {}, seconds_since_epoch(context.started));
  add_process(families);
  const run::ProjectPtr project = context.project();
  families.gauge("penstock_project_steps", "Steps of the project in force.", {}, static_cast<double>(project->steps.size()));
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  families.gauge("penstock_events_recorded", "Changes recorded by the store since it was made.", {},
                 static_cast<double>(snapshot->last_event()));
  if (auto added = add_pipelines(families, *snapshot, *project); !added) return problem(added.error(), request.path);
  if (context.engine != nullptr) {
    add_connections(families, *context.engine);
    families.gauge("penstock_scheduler_last_tick_timestamp_seconds", "When the scheduler last looked at its work.", {},
                   seconds_since_epoch(context.engine->last_tick()));
  }
  Response response;
  response.media_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = families.text();
  return response;
}

}  // namespace penstock::api
