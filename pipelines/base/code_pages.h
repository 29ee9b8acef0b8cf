#pragma once

#include <span>

#include "pipelines/base/diagnostic_code.h"

namespace penstock {

/// The rows of the code table, one file per theme; each in ascending order of its codes.
std::span<const CodeSpec> file_codes();
std::span<const CodeSpec> name_codes();
std::span<const CodeSpec> sql_codes();
std::span<const CodeSpec> component_codes();
std::span<const CodeSpec> publish_codes();
std::span<const CodeSpec> target_codes();
std::span<const CodeSpec> schedule_codes();

}  // namespace penstock
