#include "pipelines/compiler/layout.h"

#include <algorithm>
#include <string>

#include "pipelines/base/suggest.h"
#include "pipelines/compiler/placement.h"
#include "pipelines/compiler/reading_order.h"

namespace penstock::compiler {

std::size_t Layout::HashTable::operator()(const TableName& table) const noexcept {
  std::size_t hash = 0;
  for (const Identifier* part : {&table.catalog, &table.schema, &table.name}) hash = hash * 31 + std::hash<Identifier>()(*part);
  return hash;
}

Layout::Layout(const model::Project& project, std::string_view environment, Diagnostics& diagnostics) {
  if (!environment.empty() && environment_target(project, environment) == nullptr) {
    std::vector<std::string> names;
    for (const model::Environment& known : project.environments) names.push_back(known.name);
    diagnostics.error(Code::unknown_environment, Span{}, "there is no environment \"" + std::string(environment) + "\"",
                      did_you_mean(environment, names), "environments are listed in penstock.yaml");
    return;
  }
  places_.reserve(project.pipelines.size());
  for (const model::Pipeline& pipeline : project.pipelines) {
    places_.push_back({&pipeline, connection_of(project, pipeline, environment), {}});
    if (places_.back().connection != nullptr) {
      enter(pipeline, *places_.back().connection, diagnostics);
    } else if (!pipeline.target) {
      diagnostics.error(Code::unknown_connection, pipeline.where, "pipeline \"" + pipeline.name + "\" has no target", {},
                        "name a connection in penstock.yaml, under environments or as the pipeline's target");
    }
  }
}

void Layout::enter(const model::Pipeline& pipeline, const model::Connection& connection, Diagnostics& diagnostics) {
  PipelinePlace& place = places_.back();
  place.targets.reserve(pipeline.steps.size());
  for (const model::Step& step : pipeline.steps) {
    const StepAt at{static_cast<int>(places_.size()) - 1, static_cast<int>(place.targets.size())};
    place.targets.push_back(published_table(pipeline, step, connection));
    const auto [first, is_new] = published_.emplace(place.targets.back(), at);
    if (is_new) continue;
    const PipelinePlace& other = places_[static_cast<std::size_t>(first->second.pipeline)];
    const model::Step& other_step = this->step(first->second);
    if (other.connection != &connection) continue;
    if (other.pipeline == &pipeline && other_step.name == step.name) continue;  // the loader said so already
    Diagnostic diagnostic{Code::duplicate_name,
                          Severity::error,
                          step.where,
                          "the steps \"" + other.pipeline->name + "." + other_step.name + "\" and \"" + pipeline.name + "." + step.name +
                              "\" publish the same table " + to_string(place.targets.back()),
                          {},
                          "give one of them another name, or another table under publish",
                          {}};
    diagnostic.related.push_back({other_step.where, "the other one"});
    diagnostics.add(std::move(diagnostic));
  }
}

const model::Step& Layout::step(StepAt at) const {
  return places_[static_cast<std::size_t>(at.pipeline)].pipeline->steps[static_cast<std::size_t>(at.step)];
}

const TableName& Layout::target(StepAt at) const {
  return places_[static_cast<std::size_t>(at.pipeline)].targets[static_cast<std::size_t>(at.step)];
}

std::optional<StepAt> Layout::publisher_of(const TableName& table, const model::Connection& connection) const {
  const auto found = published_.find(qualified(table, connection));
  if (found == published_.end()) return std::nullopt;
  if (places_[static_cast<std::size_t>(found->second.pipeline)].connection != &connection) return std::nullopt;
  return found->second;
}

std::vector<int> Layout::reads_of(int pipeline) const {
  const PipelinePlace& place = places_[static_cast<std::size_t>(pipeline)];
  std::vector<int> reads;
  if (place.connection == nullptr) return reads;
  for (const model::Source& source : place.pipeline->sources) {
    const auto publisher = publisher_of(source.table.value, *place.connection);
    if (publisher && publisher->pipeline != pipeline) reads.push_back(publisher->pipeline);
  }
  return reads;
}

std::vector<std::vector<Layout::Group>> Layout::layers() const {
  std::vector<std::vector<int>> reads;
  std::vector<std::vector<int>> read_by(places_.size());
  for (int i = 0; i < static_cast<int>(places_.size()); ++i) {
    reads.push_back(reads_of(i));
    for (const int read : reads.back()) read_by[static_cast<std::size_t>(read)].push_back(i);
  }
  // Kosaraju: against the order in which a walk along the reads leaves them, whatever leads to a pipeline and is in no group yet is in a
  // circle with it. Readers come before what they read.
  const auto order = reading_order(static_cast<int>(places_.size()), [&](int i) { return reads[static_cast<std::size_t>(i)]; });
  std::vector<Group> groups;
  std::vector<bool> is_grouped(places_.size());
  for (auto root = order.rbegin(); root != order.rend(); ++root) {
    if (is_grouped[static_cast<std::size_t>(*root)] || places_[static_cast<std::size_t>(*root)].connection == nullptr) continue;
    is_grouped[static_cast<std::size_t>(*root)] = true;
    Group& group = groups.emplace_back(Group{*root});
    for (std::size_t i = 0; i < group.size(); ++i) {
      for (const int reader : read_by[static_cast<std::size_t>(group[i])]) {
        if (is_grouped[static_cast<std::size_t>(reader)]) continue;
        is_grouped[static_cast<std::size_t>(reader)] = true;
        group.push_back(reader);
      }
    }
    std::sort(group.begin(), group.end());
  }
  std::vector<std::vector<Group>> layers;
  std::vector<std::size_t> layer_of(places_.size(), 0);
  for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
    std::size_t layer = 0;
    for (const int member : *group) {
      for (const int read : reads[static_cast<std::size_t>(member)]) {
        if (!std::binary_search(group->begin(), group->end(), read)) layer = std::max(layer, layer_of[static_cast<std::size_t>(read)] + 1);
      }
    }
    for (const int member : *group) layer_of[static_cast<std::size_t>(member)] = layer;
    if (layers.size() <= layer) layers.resize(layer + 1);
    layers[layer].push_back(std::move(*group));
  }
  for (std::vector<Group>& layer : layers) std::sort(layer.begin(), layer.end());
  return layers;
}

}  // namespace penstock::compiler
