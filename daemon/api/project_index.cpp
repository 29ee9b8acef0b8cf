#include "daemon/api/project_index.h"

namespace penstock::api {
namespace {

std::string full_name(std::string_view pipeline, std::string_view step) {
  std::string name(pipeline);
  name += '.';
  return name += step;
}

}  // namespace

ProjectIndex::ProjectIndex(run::ProjectPtr project) : project_(std::move(project)), graph_(*project_) {
  for (const model::Pipeline& pipeline : project_->project->pipelines) {
    pipelines_.emplace(pipeline.name, &pipeline);
    if (pipeline.schedule) zones_.emplace(pipeline.name, run::Zone::of(pipeline));
    for (const model::Step& step : pipeline.steps) steps_.emplace(full_name(pipeline.name, step.name), &step);
  }
}

const model::Pipeline* ProjectIndex::pipeline(std::string_view name) const {
  const auto found = pipelines_.find(name);
  return found == pipelines_.end() ? nullptr : found->second;
}

run::Zone ProjectIndex::zone(std::string_view pipeline) const {
  const auto found = zones_.find(pipeline);
  return found == zones_.end() ? run::Zone() : found->second;
}

const model::Step* ProjectIndex::step(std::string_view pipeline, std::string_view step) const {
  const auto found = steps_.find(full_name(pipeline, step));
  return found == steps_.end() ? nullptr : found->second;
}

IndexPtr ProjectIndexes::of(const run::ProjectPtr& project) {
  const std::lock_guard lock(mutex_);
  if (version_ != project) {
    index_ = std::make_shared<const ProjectIndex>(project);
    version_ = project;
  }
  return index_;
}

}  // namespace penstock::api
