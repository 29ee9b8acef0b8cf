#pragma once

#include <span>

#include "pipelines/base/diagnostic.h"
#include "pipelines/compiler/compiled.h"
#include "pipelines/dialects/dialect.h"

namespace penstock::compiler {

using Targets = std::span<const dialects::Dialect* const>;

/// Reports what the targets cannot say of a step that has compiled: of its query, its checks, and the statements that publish them; once
/// where several refuse the same, and with the targets that could where not all do.
void check_targets(const CompiledStep& step, Targets targets, Diagnostics& diagnostics);

}  // namespace penstock::compiler
