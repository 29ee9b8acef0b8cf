#include "connectors/databricks/statement.h"

#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "connectors/cell.h"

namespace penstock::databricks {

namespace {

using Json = nlohmann::json;

Failure unreadable(const std::string& what) { return fail(ErrorKind::permanent, "Databricks' " + what + " cannot be read"); }

/// The member, or an empty object.
const Json& part_of(const Json& object, const char* key) {
  static const Json kNothing = Json::object();
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_object() ? *found : kNothing;
}

std::optional<Statement::State> state_of(const std::string& text) {
  static constexpr std::array<std::string_view, 6> kStates = {"PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "CLOSED"};
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (text == kStates[i]) return static_cast<Statement::State>(i);
  }
  return std::nullopt;
}

/// "2001-02-03T04:05:06.500Z" -> "2001-02-03 04:05:06.5+00"; a moment without a zone has none.
std::string moment_text(std::string text, bool has_zone) {
  if (!text.empty() && text.back() == 'Z') text.pop_back();
  if (const std::size_t t = text.find('T'); t != std::string::npos) text[t] = ' ';
  text = connectors::without_trailing_zeros(std::move(text));
  return has_zone ? text + "+00" : text;
}

std::optional<std::string> cell_of(const Json& value, const std::string& type) {
  if (value.is_null()) return std::nullopt;
  std::string text = value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (type == "DOUBLE") return connectors::text_of_double(std::strtod(text.c_str(), nullptr));
  if (type == "FLOAT") return connectors::text_of_float(std::strtof(text.c_str(), nullptr));
  if (type == "BINARY") return connectors::text_of_bytes(connectors::bytes_of_base64(text));
  if (type == "TIMESTAMP" || type == "TIMESTAMP_NTZ") return moment_text(std::move(text), type == "TIMESTAMP");
  return text;
}

}  // namespace

std::string text_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (found == object.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_number_integer() ? found->dump() : std::string();
}

std::optional<std::int64_t> Statement::affected_rows() const {
  if (columns.empty() || columns[0].name != "num_affected_rows" || rows.empty() || rows[0].empty() || !rows[0][0]) return std::nullopt;
  return std::strtoll(rows[0][0]->c_str(), nullptr, 10);
}

Result<void> take_chunk(const Json& chunk, Statement& statement) {
  statement.next_chunk.reset();
  if (!chunk.is_object()) return unreadable("rows");
  if (const auto next = chunk.find("next_chunk_index"); next != chunk.end() && next->is_number_integer()) {
    statement.next_chunk = next->get<std::int64_t>();
  }
  const auto data = chunk.find("data_array");
  if (data == chunk.end()) return {};
  if (!data->is_array()) return unreadable("rows");
  for (const Json& line : *data) {
    if (!line.is_array() || line.size() != statement.columns.size()) return unreadable("rows");
    connectors::Row& row = statement.rows.emplace_back();
    for (std::size_t i = 0; i < line.size(); ++i) row.push_back(cell_of(line[i], statement.columns[i].type));
  }
  return {};
}

Result<Statement> to_statement(const Json& json) {
  Statement statement;
  statement.id = text_of(json, "statement_id");
  const Json& status = part_of(json, "status");
  const auto state = state_of(text_of(status, "state"));
  if (statement.id.empty() || !state) {
    return fail(ErrorKind::permanent, "the server does not speak Databricks' Statement Execution API", "check `host` of the connection");
  }
  statement.state = *state;
  if (*state == Statement::State::failed) {
    const Json& error = part_of(status, "error");
    statement.error = to_statement_error(text_of(error, "error_code"), text_of(status, "sql_state"), text_of(error, "message"));
  }
  const Json& manifest = part_of(json, "manifest");
  const auto truncated = manifest.find("truncated");
  statement.is_truncated = truncated != manifest.end() && *truncated == true;
  const Json& schema = part_of(manifest, "schema");
  if (const auto columns = schema.find("columns"); columns != schema.end() && columns->is_array()) {
    for (const Json& column : *columns) statement.columns.push_back({text_of(column, "name"), text_of(column, "type_text")});
  }
  if (const Result<void> taken = take_chunk(part_of(json, "result"), statement); !taken) return fail(taken.error());
  return statement;
}

}  // namespace penstock::databricks
