#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pipelines/model/spec.h"

namespace penstock::yaml {

/// The JSON Schema (draft-07, which editors understand) of a file below pipelines/, made from the tables that the loader reads: indented
/// JSON with a final line break.
std::string pipeline_schema(const model::Vocabulary& vocabulary);

/// The same for penstock.yaml.
std::string project_schema();

/// The same for one mapping by its name, such as "step", "publish", "join" or "unique"; empty where there is none of that name.
std::optional<std::string> object_schema(std::string_view name, const model::Vocabulary& vocabulary);

}  // namespace penstock::yaml
