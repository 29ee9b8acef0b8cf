#include "connectors/bigquery/job.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "connectors/json.h"

namespace penstock::bigquery {

namespace {

using connectors::text_at;
using Json = nlohmann::json;

constexpr std::string_view kHandlePrefix = "bigquery:";

const Json& part_of(const Json& object, const char* key) {
  static const Json none = Json::object();
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() ? *found : none;
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0;
}

// Whole numbers of 64 bits are texts in JSON.
std::optional<std::int64_t> number_at(const Json& object, const char* key) {
  const Json& found = part_of(object, key);
  if (found.is_number()) return found.get<std::int64_t>();
  std::int64_t number = 0;
  return found.is_string() && read_number(found.get_ref<const std::string&>(), number) ? std::optional(number) : std::nullopt;
}

std::string take(std::string& text, char end) {
  const std::size_t at = text.find(end);
  std::string field = text.substr(0, at);
  text.erase(0, at == std::string::npos ? text.size() : at + 1);
  return field;
}

bool is_word(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

// Of a domain's project, "example.com:project".
bool is_project(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.' || c == ':' || c == '_'; });
}

}  // namespace

JobName Position::job() const {
  return {project, location, std::string(kIdPrefix) + token + "_" + std::to_string(statement) + "_" + std::to_string(tries)};
}

connectors::Handle to_handle(const Position& position) {
  return {std::string(kHandlePrefix) + std::to_string(position.statement) + ":" + std::to_string(position.tries) + ":" + position.token +
          ":" + position.location + ":" + position.project};
}

std::optional<Position> to_position(const connectors::Handle& handle) {
  if (handle.text.rfind(kHandlePrefix, 0) != 0) return std::nullopt;
  std::string text = handle.text.substr(kHandlePrefix.size());
  Position position;
  if (!read_number(take(text, ':'), position.statement) || !read_number(take(text, ':'), position.tries)) return std::nullopt;
  position.token = take(text, ':');
  position.location = take(text, ':');
  position.project = text;
  if (!is_word(position.token) || !is_word(position.location) || !is_project(position.project)) return std::nullopt;
  return position;
}

std::optional<Position> position_of_id(const std::string& id) {
  if (id.rfind(kIdPrefix, 0) != 0) return std::nullopt;
  const std::string text = id.substr(kIdPrefix.size());
  const std::size_t last = text.rfind('_');
  const std::size_t middle = last == std::string::npos || last == 0 ? std::string::npos : text.rfind('_', last - 1);
  Position position;
  if (middle == std::string::npos || !read_number(std::string_view(text).substr(last + 1), position.tries) ||
      !read_number(std::string_view(text).substr(middle + 1, last - middle - 1), position.statement)) {
    return std::nullopt;
  }
  position.token = text.substr(0, middle);
  return is_word(position.token) ? std::optional(position) : std::nullopt;
}

Result<Job> parse_job(const Json& json) {
  const Json& status = part_of(json, "status");
  const std::string state = text_at(status, "state");
  if (state.empty()) return fail(ErrorKind::permanent, "BigQuery's account of a job cannot be read", "check `url` of the connection");
  Job job;
  job.has_ended = state == "DONE";
  const Json& failure = part_of(status, "errorResult");
  if (job.has_ended && !failure.empty()) job.error = error_of_result(failure);
  const Json& statistics = part_of(json, "statistics");
  const Json& query = part_of(statistics, "query");
  job.statement_type = text_at(query, "statementType");
  const Json& made = part_of(query, "ddlTargetTable");
  job.made_project = text_at(made, "projectId");
  job.made_dataset = text_at(made, "datasetId");
  job.made_table = text_at(made, "tableId");
  job.changed_rows = number_at(query, "numDmlAffectedRows");
  job.processed_bytes = number_at(query, "totalBytesProcessed");
  if (!job.processed_bytes) job.processed_bytes = number_at(statistics, "totalBytesProcessed");
  const auto created = number_at(statistics, "creationTime");
  const auto begun = number_at(statistics, "startTime");
  const auto ended = number_at(statistics, "endTime");
  if (begun && ended) job.engine_time = std::chrono::milliseconds(std::max<std::int64_t>(*ended - *begun, 0));
  const auto most = number_at(part_of(json, "configuration"), "jobTimeoutMs");
  job.used_up_its_time = most && created && ended && *ended - *created >= *most;
  return job;
}

}  // namespace penstock::bigquery
