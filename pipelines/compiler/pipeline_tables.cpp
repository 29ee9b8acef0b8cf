#include "pipelines/compiler/pipeline_tables.h"

namespace penstock::compiler {

PipelineTables::PipelineTables(Compilation& compilation, int reader) : compilation_(compilation), reader_(reader) {}

const components::Input* PipelineTables::find(std::string_view name) const {
  const Compilation::Entry& reader = compilation_.entries_[static_cast<std::size_t>(reader_)];
  if (const int step = compilation_.find_step(reader.member, name); step >= 0) return compilation_.step_table(step, &reader);
  for (const model::Source& source : reader.pipeline->sources) {
    if (source.name != name) continue;
    const auto [place, is_new] = sources_.try_emplace(std::string(name));
    if (is_new) place->second = compilation_.source_table(reader.member, source);
    return &place->second;
  }
  return nullptr;
}

std::vector<std::string> PipelineTables::names() const {
  const model::Pipeline& pipeline = *compilation_.entries_[static_cast<std::size_t>(reader_)].pipeline;
  std::vector<std::string> names;
  for (const model::Step& step : pipeline.steps) names.push_back(step.name);
  for (const model::Source& source : pipeline.sources) names.push_back(source.name);
  return names;
}

}  // namespace penstock::compiler
