#include "daemon/run/spec.h"

#include <algorithm>
#include <set>

#include "pipelines/compiler/placement.h"
#include "pipelines/model/language.h"

namespace penstock::run {
namespace {

std::string kind_of(const model::Step& step) {
  if (std::holds_alternative<model::SqlBody>(step.body)) return "sql";
  if (std::holds_alternative<model::ChainBody>(step.body)) return "components";
  return "native_sql";
}

/// The files that an error stands in.
std::set<std::uint32_t> broken_files(const compiler::CompiledProject& project) {
  std::set<std::uint32_t> files;
  for (const Diagnostic& diagnostic : project.diagnostics.sorted()) {
    if (diagnostic.severity == Severity::error) files.insert(diagnostic.where.file);
  }
  return files;
}

}  // namespace

Writing writing_of(const model::Publish& publish) {
  switch (publish.mode) {
    case model::Publish::Mode::append:
      return Writing::side_by_side;
    case model::Publish::Mode::merge:
      return publish.newest_by ? Writing::side_by_side : Writing::in_order;
    case model::Publish::Mode::delete_insert:
      return publish.interval ? Writing::side_by_side : Writing::in_order;
    case model::Publish::Mode::table:
    case model::Publish::Mode::scd2:
      return Writing::in_order;
    case model::Publish::Mode::view:
      break;
  }
  return Writing::alone;
}

Writing writing_of(const model::Step& step) {
  const Writing writing = writing_of(step.publish);
  const bool rebuilds = step.layout && step.layout->on_change == model::TableLayout::Change::rebuild;
  return rebuilds && writing == Writing::side_by_side ? Writing::alone : writing;
}

std::string why_one_by_one(const model::Publish& publish) {
  const std::string mode(model::word_of(publish.mode));
  if (publish.mode == model::Publish::Mode::merge && !publish.newest_by)
    return "the rows that a merge writes last stay; with `newest_by` its runs go side by side";
  if (publish.mode == model::Publish::Mode::scd2) return "a history grows in the order of its intervals";
  if (publish.mode == model::Publish::Mode::view) return "every run makes the view anew";
  return writing_of(publish) == Writing::in_order ? "what a " + mode + " writes last stays" : "";
}

std::string why_one_by_one(const model::Step& step) {
  std::string why = why_one_by_one(step.publish);
  if (why.empty() && writing_of(step) == Writing::alone) why = "its table may be rebuilt, and nobody writes it meanwhile";
  return why;
}

ProjectSpec make_spec(const compiler::CompiledProject& project, const ContentHash& version) {
  ProjectSpec spec;
  spec.version = version;
  for (const model::Connection& connection : project.project->connections) spec.slots[connection.name] = std::max(connection.slots, 1);
  std::map<const model::Pipeline*, std::shared_ptr<PipelineSpec>> made;
  const std::set<std::uint32_t> broken = broken_files(project);
  for (const model::Pipeline& pipeline : project.project->pipelines) {
    auto out = std::make_shared<PipelineSpec>();
    out->name = pipeline.name;
    out->environment = project.environment;
    out->definition_hash = to_hex(pipeline.version).substr(0, 16);
    out->version = version;
    out->broken = broken.count(pipeline.file) > 0;
    if (pipeline.schedule) {
      out->schedule = *pipeline.schedule;
      if (auto cron = Cron::make(*pipeline.schedule)) {
        out->cron = std::move(*cron);
      } else {
        out->broken = true;
      }
    }
    made[&pipeline] = out;
    spec.pipelines[pipeline.name] = out;
  }
  std::map<int, int> places;  // From the project's steps to their place in their pipeline.
  for (std::size_t i = 0; i < project.steps.size(); ++i) {
    const compiler::CompiledStep& step = project.steps[i];
    const auto pipeline = made.find(step.pipeline);
    if (pipeline == made.end()) continue;
    StepSpec out;
    out.name = step.step->name;
    out.kind = kind_of(*step.step);
    out.connection = step.connection;
    out.table = step.target;
    out.meaning = step.meaning;
    out.publish_as = model::word_of(step.step->publish.mode);
    out.writing = writing_of(*step.step);
    const model::Connection* connection = compiler::find_connection(*project.project, step.connection);
    const auto* compute = connection == nullptr ? nullptr : compiler::compute_of(*step.pipeline, *step.step, *connection);
    if (compute != nullptr) out.compute = *compute;
    out.retry = step.step->retry;
    out.timeout = step.step->timeout;
    for (const int read : project.reads[i]) {
      const auto place = places.find(read);
      if (place != places.end() && project.steps[static_cast<std::size_t>(read)].pipeline == step.pipeline)
        out.depends_on.push_back(place->second);
    }
    if (!step.query) pipeline->second->broken = true;
    places[static_cast<int>(i)] = static_cast<int>(pipeline->second->steps.size());
    pipeline->second->steps.push_back(std::move(out));
  }
  for (auto& [pipeline, out] : made) {
    if (out->steps.size() != pipeline->steps.size()) out->broken = true;
  }
  return spec;
}

store::ProjectVersion version_of(const compiler::CompiledProject& project, Time loaded) {
  store::ProjectVersion version;
  version.environment = project.environment;
  version.loaded = loaded;
  ContentHasher hasher;
  hasher.add(project.environment);
  const SourceMap& sources = project.project->sources;
  for (std::uint32_t file = 0; file < sources.size(); ++file) {
    version.files.push_back({sources.path(file), sources.text(file)});
    hasher.add(sources.path(file)).add(sources.text(file));
  }
  version.hash = hasher.finish();
  return version;
}

}  // namespace penstock::run
