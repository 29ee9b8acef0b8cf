#include "connectors/bigquery/announcement.h"

#include <chrono>
#include <nlohmann/json.hpp>

namespace penstock::bigquery {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestLabel = 63;
constexpr std::chrono::milliseconds kLaterThanOurs{2000};

Json query_of(const Target& target, const std::string& statement) {
  // BigQuery's older SQL is what an API call gets that says nothing.
  Json query = {{"query", statement}, {"useLegacySql", false}, {"priority", target.priority}};
  if (!target.dataset.empty()) query["defaultDataset"] = {{"projectId", target.table_project}, {"datasetId", target.dataset}};
  if (!target.maximum_bytes_billed.empty()) query["maximumBytesBilled"] = target.maximum_bytes_billed;
  // Names of a dataset and a table are looked for in the job's own project otherwise.
  if (target.table_project != target.project) {
    query["connectionProperties"] = Json::array({{{"key", "dataset_project_id"}, {"value", target.table_project}}});
  }
  return query;
}

}  // namespace

std::string label_text(const std::string& text) {
  std::string label;
  for (const char c : text.substr(0, kLongestLabel)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool fits = byte < 0x80 && (std::isalnum(byte) != 0 || c == '-');
    label += fits ? static_cast<char>(std::tolower(byte)) : '_';
  }
  return label;
}

Json announcement(const Target& target, const JobName& name, const std::string& statement, const connectors::Token& token,
                  const connectors::Unit& unit) {
  Json labels = {{"penstock_token", label_text(token.id)}};
  if (!token.run_id.empty()) {
    labels["penstock_run"] = label_text(token.run_id);
    labels["penstock_step"] = label_text(token.step);
    labels["penstock_attempt"] = std::to_string(token.attempt);
  }
  Json configuration = {{"query", query_of(target, statement)}, {"labels", labels}};
  const auto own = unit.compute.find("reservation");
  const std::string& reservation = own == unit.compute.end() ? target.reservation : own->second;
  if (!reservation.empty()) configuration["reservation"] = reservation;
  if (unit.timeout.count() > 0) configuration["jobTimeoutMs"] = std::to_string((unit.timeout + kLaterThanOurs).count());
  return {{"jobReference", {{"projectId", name.project}, {"jobId", name.id}, {"location", name.location}}},
          {"configuration", configuration}};
}

Json dry_run(const Target& target, const std::string& location, const std::string& statement) {
  return {{"jobReference", {{"projectId", target.project}, {"location", location}}},
          {"configuration", {{"dryRun", true}, {"query", query_of(target, statement)}}}};
}

}  // namespace penstock::bigquery
