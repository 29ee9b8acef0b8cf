#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "pipelines/base/identifier.h"
#include "pipelines/model/project.h"

namespace penstock::compiler {

/// The connection that the environment runs pipelines against; an empty name means the first environment, or the only connection
/// where there is no environment. Null where there is none.
const model::Connection* environment_target(const model::Project& project, std::string_view environment);

const model::Connection* find_connection(const model::Project& project, std::string_view name);

/// The connection of one pipeline in that environment.
const model::Connection* connection_of(const model::Project& project, const model::Pipeline& pipeline, std::string_view environment);

/// The table that a step publishes on the connection.
TableName published_table(const model::Pipeline& pipeline, const model::Step& step, const model::Connection& connection);

/// The settings that the step's compute, or its pipeline's, stands for on the connection; null where it names none, or one that the
/// connection has not.
const std::map<std::string, std::string, std::less<>>* compute_of(const model::Pipeline& pipeline, const model::Step& step,
                                                                  const model::Connection& connection);

/// The same table with the connection's own catalogue and schema where parts are missing: equal tables have equal names.
TableName qualified(TableName table, const model::Connection& connection);

}  // namespace penstock::compiler
