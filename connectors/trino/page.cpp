#include "connectors/trino/page.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "connectors/cell.h"
#include "connectors/json.h"

namespace penstock::trino {

namespace {

using connectors::text_at;
using Json = nlohmann::json;

std::int64_t number_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

bool begins(const std::string& text, std::string_view prefix) { return text.compare(0, prefix.size(), prefix) == 0; }

std::string timestamp_text(std::string text) {
  constexpr std::string_view kUtc = " UTC";
  const std::size_t zone = text.size() >= kUtc.size() ? text.size() - kUtc.size() : 0;
  if (text.compare(zone, std::string::npos, kUtc) == 0) text.replace(zone, std::string::npos, "+00");
  return connectors::without_trailing_zeros(std::move(text));
}

std::optional<std::string> cell_of(const Json& value, const std::string& type) {
  if (value.is_null()) return std::nullopt;
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number() && type == "double") return connectors::text_of_double(value.get<double>());
  if (value.is_number() && type == "real") return connectors::text_of_float(value.get<float>());
  if (!value.is_string()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string text = value.get<std::string>();
  if (type == "varbinary") return connectors::text_of_bytes(connectors::bytes_of_base64(text));
  if (begins(type, "time")) return timestamp_text(std::move(text));
  return text;
}

QueryError error_of(const Json& json) {
  QueryError error;
  error.code = static_cast<int>(number_of(json, "errorCode"));
  error.name = text_at(json, "errorName");
  error.type = text_at(json, "errorType");
  error.message = text_at(json, "message");
  if (const auto where = json.find("errorLocation"); where != json.end() && where->is_object()) {
    error.line = static_cast<int>(number_of(*where, "lineNumber"));
    error.column = static_cast<int>(number_of(*where, "columnNumber"));
  }
  return error;
}

}  // namespace

Result<Page> parse_page(const std::string& body, const std::string& origin) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("id") || !json.contains("stats")) {
    return fail(ErrorKind::permanent, "the server does not speak Trino's client protocol", "check `url` of the connection");
  }
  Page page;
  page.query_id = text_at(json, "id");
  const std::string next = text_at(json, "nextUri");
  if (!next.empty()) {
    if (!begins(next, origin + "/")) {
      return fail(ErrorKind::permanent, "Trino names its next page on another server than " + origin,
                  "`url` must be the address by which the coordinator knows itself; behind a proxy set "
                  "http-server.process-forwarded=true at the coordinator");
    }
    page.next = next.substr(origin.size());
  }
  if (const auto columns = json.find("columns"); columns != json.end() && columns->is_array()) {
    for (const Json& column : *columns) page.columns.push_back({text_at(column, "name"), text_at(column, "type")});
  }
  if (const auto data = json.find("data"); data != json.end() && data->is_array()) {
    for (const Json& line : *data) {
      connectors::Row row;
      if (!line.is_array()) return fail(ErrorKind::permanent, "Trino's rows cannot be read");
      for (std::size_t i = 0; i < line.size() && i < page.columns.size(); ++i) row.push_back(cell_of(line[i], page.columns[i].type));
      page.rows.push_back(std::move(row));
    }
  }
  if (const auto count = json.find("updateCount"); count != json.end() && count->is_number())
    page.update_count = count->get<std::int64_t>();
  page.update_type = text_at(json, "updateType");
  if (const auto error = json.find("error"); error != json.end() && error->is_object()) page.error = error_of(*error);
  const auto stats = json.find("stats");
  page.elapsed_ms = number_of(*stats, "elapsedTimeMillis");
  page.scanned_bytes = number_of(*stats, "physicalInputBytes");
  return page;
}

}  // namespace penstock::trino
