#pragma once

#include "pipelines/model/spec.h"

namespace penstock::components {

/// The components and checks as the loader, the JSON Schema and the help see them. Lives as long as the process.
model::Vocabulary vocabulary();

}  // namespace penstock::components
