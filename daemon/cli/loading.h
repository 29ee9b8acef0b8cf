#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

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

/// Whoever only looks can do with a faulty project, but not with another environment than was wanted. Errors: invalid_input.
Result<void> check_environment(const compiler::CompiledProject& project);

/// Prints the diagnostics to `err` (or as JSON to `out`); kInvalid where there are errors.
int print_diagnostics(Invocation& invocation, const Diagnostics& diagnostics, const SourceMap& sources);

/// Prints the warnings of an API's answer to `err`: what a run would do to rows that are there.
void print_warnings(const Invocation& invocation, const nlohmann::ordered_json& answer);

/// Prints the diagnostics of an API's answer to `err`, without the lines that they point at; kInvalid where there are errors.
int print_diagnostics(Invocation& invocation, const nlohmann::ordered_json& answer);

/// Where an environment of a project keeps its store, and says how its daemon is reached: ROOT/.penstock for the first environment of
/// penstock.yaml, ROOT/.penstock/env/NAME for another, so that each can be served by a daemon of its own.
std::string state_folder(const std::string& root, const compiler::CompiledProject& project);
/// The same by the environment's name, for one that is not the first; empty: that of the first.
std::string state_folder(const std::string& root, const std::string& environment = {});
/// What to do where the environment has no store yet and its runs are in that of the first one, which all environments shared once; empty
/// otherwise.
std::string about_shared_store(const std::string& root, const compiler::CompiledProject& project);
/// The environments that have such a folder of their own.
std::vector<std::string> environments_in(const std::string& root);
/// Makes it where it is not there, for its user alone: runs and their errors tell what is in the tables. What fails shows when it is used.
void make_state_folder(const std::string& folder);

}  // namespace penstock::cli
