#include "daemon/store/encoding.h"

#include <nlohmann/json.hpp>

namespace penstock::store {
namespace {

using Json = nlohmann::json;

/// Text from an engine may not be valid UTF-8; a message with a replacement character is better than none.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json parse(const std::string& text) { return Json::parse(text, nullptr, false); }

std::uint8_t digit_of(char c) { return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); }

}  // namespace

std::optional<std::string> encode(const std::optional<Reason>& reason) {
  if (!reason) return std::nullopt;
  return dump(Json{{"code", reason->code}, {"message", reason->message}});
}

std::optional<Reason> decode_reason(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const Json json = parse(*text);
  if (!json.is_object()) return std::nullopt;
  return Reason{json.value("code", ""), json.value("message", "")};
}

std::optional<std::string> encode(const std::optional<Fault>& fault) {
  if (!fault) return std::nullopt;
  return dump(Json{{"kind", fault->kind},
                   {"code", fault->code},
                   {"message", fault->message},
                   {"hint", fault->hint},
                   {"sqlstate", fault->sqlstate},
                   {"vendor_code", fault->vendor_code},
                   {"statement_offset", fault->statement_offset},
                   {"step", fault->step},
                   {"retryable", fault->retryable}});
}

std::optional<Fault> decode_fault(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const Json json = parse(*text);
  if (!json.is_object()) return std::nullopt;
  Fault fault;
  fault.kind = json.value("kind", "");
  fault.code = json.value("code", "");
  fault.message = json.value("message", "");
  fault.hint = json.value("hint", "");
  fault.sqlstate = json.value("sqlstate", "");
  fault.vendor_code = json.value("vendor_code", "");
  fault.statement_offset = json.value("statement_offset", -1L);
  fault.step = json.value("step", "");
  fault.retryable = json.value("retryable", false);
  return fault;
}

std::string encode(const StepCounts& counts) {
  return dump(Json{counts.total, counts.pending, counts.queued, counts.running, counts.succeeded, counts.failed, counts.cancelled,
                   counts.skipped, counts.unknown});
}

StepCounts decode_step_counts(const std::string& text) {
  const Json json = parse(text);
  if (!json.is_array() || json.size() != 9) return {};
  return {json[0], json[1], json[2], json[3], json[4], json[5], json[6], json[7], json[8]};
}

std::string encode(const CheckCounts& counts) { return dump(Json{counts.passed, counts.failed, counts.warned}); }

CheckCounts decode_check_counts(const std::string& text) {
  const Json json = parse(text);
  if (!json.is_array() || json.size() != 3) return {};
  return {json[0], json[1], json[2]};
}

std::string encode(const std::vector<CheckSpec>& checks) {
  Json json = Json::array();
  for (const CheckSpec& check : checks) {
    json.push_back(Json{{"number", check.number},
                        {"name", check.name},
                        {"kind", check.kind},
                        {"blocking", check.blocking},
                        {"columns", check.columns},
                        {"expectation", check.expectation}});
  }
  return dump(json);
}

std::vector<CheckSpec> decode_checks(const std::string& text) {
  std::vector<CheckSpec> checks;
  const Json json = parse(text);
  if (!json.is_array()) return checks;
  for (const Json& item : json) {
    CheckSpec& check = checks.emplace_back();
    check.number = item.value("number", 0);
    check.name = item.value("name", "");
    check.kind = item.value("kind", "");
    check.blocking = item.value("blocking", true);
    check.columns = item.value("columns", std::vector<std::string>());
    check.expectation = item.value("expectation", "");
  }
  return checks;
}

ContentHash hash_from_hex(const std::string& hex) {
  ContentHash hash;
  for (std::size_t i = 0; i < hash.bytes.size() && 2 * i + 1 < hex.size(); ++i) {
    hash.bytes[i] = static_cast<std::uint8_t>((digit_of(hex[2 * i]) << 4U) | digit_of(hex[2 * i + 1]));
  }
  return hash;
}

std::string encode(const std::vector<ContentHash>& hashes) {
  Json json = Json::array();
  for (const ContentHash& hash : hashes) json.push_back(to_hex(hash));
  return dump(json);
}

std::vector<ContentHash> decode_hashes(const std::string& text) {
  std::vector<ContentHash> hashes;
  for (const std::string& hex : list_from_json(text)) hashes.push_back(hash_from_hex(hex));
  return hashes;
}

std::string to_json(const Parameters& parameters) {
  Json json = Json::object();
  for (const auto& [name, value] : parameters) json[name] = value;
  return dump(json);
}

std::string to_json(const std::vector<std::string>& list) { return dump(Json(list)); }

Parameters parameters_from_json(const std::string& text) {
  Parameters parameters;
  const Json json = parse(text);
  if (!json.is_object()) return parameters;
  for (const auto& [name, value] : json.items()) parameters[name] = value.is_string() ? value.get<std::string>() : value.dump();
  return parameters;
}

std::vector<std::string> list_from_json(const std::string& text) {
  std::vector<std::string> list;
  const Json json = parse(text);
  if (!json.is_array()) return list;
  for (const Json& item : json) {
    if (item.is_string()) list.push_back(item.get<std::string>());
  }
  return list;
}

}  // namespace penstock::store
