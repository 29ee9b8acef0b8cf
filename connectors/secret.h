#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "connectors/settings.h"
#include "pipelines/base/result.h"

namespace penstock::connectors {

/// True for a text that names a secret instead of being one: env:NAME, file:PATH or cmd:COMMAND.
bool is_reference(std::string_view text);

/// The secret behind a reference. One final line break is cut. `cmd:` runs by /bin/sh with nothing on its input and is stopped after
/// `patience`. Errors are invalid_input (an empty or missing variable, file or command) or timed_out; they name the reference, never what
/// it holds or what the command printed. Blocks.
Result<std::string> read_secret(std::string_view reference, std::chrono::milliseconds patience = std::chrono::seconds(30));

/// The settings with every reference replaced, and all that is secret listed in `secrets`. A secret key that holds a plain value is
/// refused: what is in the file is in the repository. Blocks; call it once per connection, not per session.
Result<Settings> resolve(Settings settings);

}  // namespace penstock::connectors
