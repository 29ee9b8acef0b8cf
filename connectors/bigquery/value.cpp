#include "connectors/bigquery/value.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "connectors/cell.h"
#include "connectors/json.h"

namespace penstock::bigquery {

namespace {

using connectors::text_at;
using Json = nlohmann::json;

constexpr std::int64_t kMicroseconds = 1'000'000;

const Json& fields_of(const Json& field) {
  static const Json none = Json::array();
  const auto found = field.find("fields");
  return found != field.end() && found->is_array() ? *found : none;
}

// The API knows the names of both of BigQuery's SQLs.
std::string standard_name(const std::string& type) {
  if (type == "INTEGER") return "INT64";
  if (type == "FLOAT") return "FLOAT64";
  if (type == "BOOLEAN") return "BOOL";
  if (type == "RECORD") return "STRUCT";
  return type;
}

std::string element_of(const Json& field) {
  const std::string type = standard_name(text_at(field, "type"));
  if (type == "STRUCT") {
    std::string inside;
    for (const Json& part : fields_of(field)) inside += (inside.empty() ? "" : ", ") + text_at(part, "name") + " " + type_of(part);
    return "STRUCT<" + inside + ">";
  }
  if (type == "RANGE") return "RANGE<" + standard_name(text_at(field.value("rangeElementType", Json::object()), "type")) + ">";
  if (const std::string length = text_at(field, "maxLength"); !length.empty()) return type + "(" + length + ")";
  const std::string precision = text_at(field, "precision");
  const std::string scale = text_at(field, "scale");
  return precision.empty() ? type : type + "(" + precision + (scale.empty() ? "" : "," + scale) + ")";
}

std::string moment_text(const std::string& text) {
  std::int64_t units = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), units);
  if (error == std::errc() && end == text.data() + text.size()) return connectors::text_of_timestamp(units, kMicroseconds, "+00");
  char* last = nullptr;
  const double seconds = std::strtod(text.c_str(), &last);
  constexpr double kFurthest = 9e12;
  if (*last != '\0' || !(std::fabs(seconds) < kFurthest)) return text;
  return connectors::text_of_timestamp(std::llround(seconds * static_cast<double>(kMicroseconds)), kMicroseconds, "+00");
}

std::string plain_text(const std::string& text, const std::string& type) {
  if (type == "FLOAT64") return connectors::text_of_double(std::strtod(text.c_str(), nullptr));
  if (type == "BYTES") return connectors::text_of_bytes(connectors::bytes_of_base64(text));
  if (type == "TIME") return connectors::without_trailing_zeros(text);
  if (type == "TIMESTAMP") return moment_text(text);
  if (type != "DATETIME") return text;
  std::string moment = connectors::without_trailing_zeros(text);
  if (const std::size_t t = moment.find('T'); t != std::string::npos) moment[t] = ' ';
  return moment;
}

Json nested(const Json& value, const Json& field);

Json element(const Json& value, const Json& field) {
  if (value.is_null()) return nullptr;
  if (standard_name(text_at(field, "type")) == "STRUCT" && value.is_object()) {
    nlohmann::ordered_json structure = nlohmann::ordered_json::object();
    const Json cells = value.value("f", Json::array());
    for (std::size_t i = 0; i < cells.size() && i < fields_of(field).size(); ++i) {
      const Json& part = fields_of(field)[i];
      structure[text_at(part, "name")] = nested(cells[i].value("v", Json()), part);
    }
    return Json(structure);
  }
  return value.is_string() ? Json(plain_text(value.get<std::string>(), standard_name(text_at(field, "type")))) : value;
}

Json nested(const Json& value, const Json& field) {
  if (text_at(field, "mode") != "REPEATED") return element(value, field);
  Json list = Json::array();
  if (!value.is_array()) return list;
  for (const Json& one : value) list.push_back(element(one.value("v", Json()), field));
  return list;
}

}  // namespace

std::string type_of(const Json& field) {
  const std::string element = element_of(field);
  return text_at(field, "mode") == "REPEATED" ? "ARRAY<" + element + ">" : element;
}

std::optional<std::string> cell_of(const Json& value, const Json& field) {
  if (value.is_null()) return std::nullopt;
  if (value.is_string() && text_at(field, "mode") != "REPEATED") {
    return plain_text(value.get<std::string>(), standard_name(text_at(field, "type")));
  }
  return nested(value, field).dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::vector<connectors::Row>> rows_of(const Json& answer, const Json& fields) {
  std::vector<connectors::Row> rows;
  const auto found = answer.find("rows");
  if (found == answer.end()) return rows;
  for (const Json& line : *found) {
    const auto cells = line.is_object() ? line.find("f") : line.end();
    if (cells == line.end() || !cells->is_array() || cells->size() != fields.size()) {
      return fail(ErrorKind::permanent, "BigQuery's rows cannot be read");
    }
    connectors::Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < cells->size(); ++i) row.push_back(cell_of((*cells)[i].value("v", Json()), fields[i]));
  }
  return rows;
}

std::vector<connectors::TableDescription::Column> columns_of(const Json& fields) {
  std::vector<connectors::TableDescription::Column> columns;
  for (const Json& field : fields) columns.push_back({text_at(field, "name"), type_of(field), text_at(field, "mode") != "REQUIRED"});
  return columns;
}

}  // namespace penstock::bigquery
