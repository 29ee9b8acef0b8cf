#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "connectors/bigquery/job.h"
#include "connectors/bigquery/target.h"

namespace penstock::bigquery {

/// The body of jobs.insert for a statement: one query job of our own id, with its labels and limits. `token` may be an adopted unit's, of
/// which only the id is known. Of the unit its timeout counts, the server's own limit being two seconds behind it for when nobody follows
/// the job, and of its compute the `reservation`.
nlohmann::json announcement(const Target& target, const JobName& name, const std::string& statement, const connectors::Token& token,
                            const connectors::Unit& unit);

/// The same without effect: it is analysed and estimated, and not run. Its location is `location`.
nlohmann::json dry_run(const Target& target, const std::string& location, const std::string& statement);

/// A label's value: lower-case letters, digits, "_" and "-", at most 63.
std::string label_text(const std::string& text);

}  // namespace penstock::bigquery
