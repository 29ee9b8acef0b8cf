#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/invocation.h"
#include "daemon/run/engine.h"
#include "pipelines/base/result.h"

namespace penstock::cli {

/// The folder of the project that the invocation stands in: the nearest one upwards with a penstock.yaml. not_found otherwise.
Result<std::string> project_root(const Invocation& invocation);

/// The project as it is on the disk, compiled for the chosen environment, with whatever columns of its sources are known. Its diagnostics
/// are in it. Errors: not_found, unreadable files as invalid_input.
Result<run::ProjectPtr> load_here(const Invocation& invocation, const compiler::TargetChoice& targets = {});

/// The same where it has no fault. Errors: invalid_input after its diagnostics have been printed to `err`.
Result<run::ProjectPtr> load_sound(Invocation& invocation, const compiler::TargetChoice& targets = {});

/// Prints the diagnostics to `err` (or as JSON to `out`); kInvalid where there are errors.
int print_diagnostics(Invocation& invocation, const Diagnostics& diagnostics, const SourceMap& sources);

/// Prints the diagnostics of an API's answer to `err`, without the lines that they point at; kInvalid where there are errors.
int print_diagnostics(Invocation& invocation, const nlohmann::ordered_json& answer);

/// The folder where a project keeps its store: ROOT/.penstock.
std::string state_folder(const std::string& root);
/// Makes it where it is not there, for its user alone: runs and their errors tell what is in the tables. What fails shows when it is used.
void make_state_folder(const std::string& root);

}  // namespace penstock::cli
