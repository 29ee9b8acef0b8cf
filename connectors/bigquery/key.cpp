#include "connectors/bigquery/key.h"

#include <nlohmann/json.hpp>

#include "connectors/json.h"

namespace penstock::bigquery {

namespace {

using connectors::text_at;
using Json = nlohmann::json;

Failure wrong(const std::string& what) {
  return fail(ErrorKind::invalid_input, what, "expected the key file of a service account, or one of workload identity federation");
}

Result<Key> service_account(const Json& json) {
  ServiceAccountKey key{text_at(json, "client_email"), text_at(json, "private_key_id"), text_at(json, "private_key"),
                        text_at(json, "token_uri")};
  for (const char* field : {"client_email", "private_key", "token_uri"}) {
    if (text_at(json, field).empty()) return wrong("has no \"" + std::string(field) + "\"");
  }
  return key;
}

Result<Key> federation(const Json& json) {
  Federation key;
  key.audience = text_at(json, "audience");
  key.subject_token_type = text_at(json, "subject_token_type");
  key.token_url = text_at(json, "token_url");
  key.impersonation_url = text_at(json, "service_account_impersonation_url");
  for (const char* field : {"audience", "subject_token_type", "token_url"}) {
    if (text_at(json, field).empty()) return wrong("has no \"" + std::string(field) + "\"");
  }
  const Json source = json.value("credential_source", Json::object());
  key.file = text_at(source, "file");
  key.url = text_at(source, "url");
  const bool is_of_aws = !text_at(source, "environment_id").empty();
  if (is_of_aws || key.file.empty() == key.url.empty()) return wrong("takes its token from neither a file nor an URL");
  const Json headers = source.is_object() ? source.value("headers", Json::object()) : Json::object();
  for (const auto& [name, value] : headers.items()) {
    if (value.is_string()) key.headers[name] = value.get<std::string>();
  }
  const Json format = source.value("format", Json::object());
  if (text_at(format, "type") == "json") {
    key.json_field = text_at(format, "subject_token_field_name");
    if (key.json_field.empty()) return wrong("has no \"subject_token_field_name\" for its JSON token");
  }
  return key;
}

}  // namespace

Result<Key> parse_key(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return wrong("is no JSON");
  const std::string type = text_at(json, "type");
  if (type == "service_account") return service_account(json);
  if (type == "external_account") return federation(json);
  return wrong("is of none of the types service_account and external_account");
}

}  // namespace penstock::bigquery
