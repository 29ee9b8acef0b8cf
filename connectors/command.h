#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "pipelines/base/result.h"

namespace penstock::connectors {

/// What a command prints, run by /bin/sh with nothing on its input. It inherits the environment and nothing else of this process: no
/// descriptor, no blocked signal. Whatever it started ends with it, and it with `patience`. Errors name neither the command nor what it
/// printed: invalid_input with its exit code, or for more than `most_bytes`; timed_out. Blocks.
Result<std::string> output_of(const std::string& command, std::chrono::milliseconds patience, std::size_t most_bytes);

}  // namespace penstock::connectors
