#pragma once

#include <string>
#include <vector>

#include "daemon/cli/transport.h"
#include "pipelines/base/result.h"

namespace penstock::cli {

/// The id of the run that a person means: an id, a pipeline (its newest run), or nothing (the newest run of all). Errors: not_found with
/// the nearest pipeline's name.
Result<std::string> find_run(Transport& transport, const std::string& named);

/// Every item of a list of the API, page by page.
Result<Json> all_items(Transport& transport, const std::string& path_and_query);

/// The nodes of the lineage graph, as persons write them: a step, PIPELINE.STEP or a table. Errors: not_found with the nearest name;
/// invalid_input where several pipelines have such a step.
Result<Json> find_node(Transport& transport, const std::string& named);

/// The steps of this name, or of this PIPELINE.STEP, as nodes of the lineage graph.
Result<std::vector<Json>> steps_named(Transport& transport, const std::string& named);

/// Errors: not_found with the nearest name where a run has no such step. `detail` is the API's RunDetail.
Result<void> check_steps(const Json& detail, const std::vector<std::string>& steps);

/// "there is no run and no pipeline ...", with the nearest pipeline's name or where to look.
Error no_such_run(Transport& transport, const std::string& named);

}  // namespace penstock::cli
