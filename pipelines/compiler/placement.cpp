#include "pipelines/compiler/placement.h"

namespace penstock::compiler {

const model::Connection* find_connection(const model::Project& project, std::string_view name) {
  for (const model::Connection& connection : project.connections) {
    if (connection.name == name) return &connection;
  }
  return nullptr;
}

const model::Connection* environment_target(const model::Project& project, std::string_view environment) {
  for (const model::Environment& candidate : project.environments) {
    if (environment.empty() || candidate.name == environment) return find_connection(project, candidate.target.value);
  }
  if (environment.empty() && !project.connections.empty()) return &project.connections.front();
  return nullptr;
}

const model::Connection* connection_of(const model::Project& project, const model::Pipeline& pipeline, std::string_view environment) {
  if (pipeline.target) return find_connection(project, pipeline.target->value);
  return environment_target(project, environment);
}

TableName published_table(const model::Pipeline& pipeline, const model::Step& step, const model::Connection& connection) {
  TableName table;
  table.catalog = Identifier::exact(connection.catalog);
  table.schema = Identifier::exact(pipeline.schema ? pipeline.schema->value : connection.schema);
  table.name = step.publish.table ? step.publish.table->value : Identifier::exact(step.name);
  return table;
}

const std::map<std::string, std::string, std::less<>>* compute_of(const model::Pipeline& pipeline, const model::Step& step,
                                                                  const model::Connection& connection) {
  const auto& name = step.compute ? step.compute : pipeline.compute;
  if (!name) return nullptr;
  const auto found = connection.compute.find(name->value);
  return found == connection.compute.end() ? nullptr : &found->second;
}

TableName qualified(TableName table, const model::Connection& connection) {
  if (table.schema.empty()) table.schema = Identifier::exact(connection.schema);
  if (table.catalog.empty()) table.catalog = Identifier::exact(connection.catalog);
  return table;
}

}  // namespace penstock::compiler
