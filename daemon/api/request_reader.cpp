#include "daemon/api/request_reader.h"

#include <algorithm>
#include <charconv>

#include "daemon/api/json_shape.h"
#include "pipelines/base/utf8.h"

namespace penstock::api {
namespace {

constexpr std::size_t kMostFaults = 100;
constexpr std::size_t kLongestEcho = 100;
constexpr std::size_t kLongestName = 500;

/// A key as a JSON Pointer writes it (RFC 6901).
std::string escaped(std::string_view key) {
  std::string text;
  for (const char c : key) text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return text;
}

}  // namespace

store::PageRequest RequestReader::page(int usual, int most) {
  constexpr std::ptrdiff_t kLongestCursor = 500;
  return store::PageRequest{integer("limit", usual, 1, most), text("cursor", kLongestCursor)};
}

std::string RequestReader::text(std::string_view name, std::optional<std::ptrdiff_t> most_characters) {
  std::string given = request_.parameter(name).value_or("");
  const auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  if (!most_characters || std::count_if(given.begin(), given.end(), begins_character) <= *most_characters) return given;
  fault(std::string(name), "invalid_value", "expected at most " + std::to_string(*most_characters) + " characters");
  return {};
}

int RequestReader::integer(std::string_view name, int usual, int least, int most) {
  const std::optional<std::string> given = request_.parameter(name);
  if (!given) return usual;
  int value = 0;
  const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), value);
  if (error != std::errc() || end != given->data() + given->size() || value < least || value > most) {
    fault(std::string(name), "invalid_value", "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return usual;
  }
  return value;
}

std::optional<store::Time> RequestReader::time(std::string_view name) {
  const std::optional<std::string> given = request_.parameter(name);
  if (!given) return std::nullopt;
  std::optional<store::Time> value = parse_time(*given);
  if (!value) fault(std::string(name), "invalid_value", "expected a time such as 2026-03-01T00:00:00Z");
  return value;
}

Json RequestReader::body(const std::vector<std::string>& known) {
  if (request_.body.empty()) return Json::object();
  if (!fits(request_.body, kLargestBody)) {
    fault("", "too_much",
          "the body holds too much: at most " + std::to_string(kLargestBody.keys) + " keys and " + std::to_string(kLargestBody.values) +
              " values, " + std::to_string(kLargestBody.depth) + " deep");
    return Json::object();
  }
  Json body = Json::parse(request_.body, nullptr, false);
  if (body.is_discarded() || !body.is_object()) {
    unreadable_ = true;
    return Json::object();
  }
  for (const auto& [key, value] : body.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      fault("/" + escaped(shortened(key, kLongestEcho)), "unknown_key", "there is no key \"" + shortened(key, kLongestEcho) + "\" here");
  }
  return body;
}

std::string RequestReader::body_text(const Json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end() || found->is_null()) return {};
  if (found->is_string()) return found->get<std::string>();
  fault(std::string("/") + key, "wrong_type", "expected a string");
  return {};
}

std::vector<std::string> RequestReader::body_names(const Json& body, const char* key) {
  std::vector<std::string> names;
  const auto found = body.find(key);
  if (found == body.end() || found->is_null()) return names;
  if (!found->is_array() || !std::all_of(found->begin(), found->end(), [](const Json& item) { return item.is_string(); })) {
    fault(std::string("/") + key, "wrong_type", "expected a list of strings");
    return names;
  }
  for (const Json& item : *found) {
    names.push_back(item.get<std::string>());
    if (names.back().size() > kLongestName) fault(std::string("/") + key, "invalid_value", "a name is too long");
  }
  return names;
}

bool RequestReader::body_flag(const Json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end() || found->is_null()) return false;
  if (found->is_boolean()) return found->get<bool>();
  fault(std::string("/") + key, "wrong_type", "expected true or false");
  return false;
}

std::optional<store::Time> RequestReader::body_time(const Json& object, const char* key, const std::string& pointer,
                                                    const run::Zone& zone) {
  const auto found = object.find(key);
  if (found != object.end() && found->is_string()) {
    if (const auto written = parse_written_time(found->get<std::string>())) {
      return written->has_offset ? written->time : zone.moment_of({written->time.time_since_epoch().count()});
    }
  }
  fault(pointer, "invalid_value", "expected a time such as 2026-03-01 (of the pipeline's time zone) or 2026-03-01T00:00:00Z");
  return std::nullopt;
}

store::Parameters RequestReader::body_parameters(const Json& body) {
  store::Parameters parameters;
  const auto found = body.find("parameters");
  if (found == body.end() || found->is_null()) return parameters;
  if (!found->is_object()) {
    fault("/parameters", "wrong_type", "expected an object");
    return parameters;
  }
  for (const auto& [name, value] : found->items()) {
    if (value.is_string()) {
      parameters[name] = value.get<std::string>();
    } else if (value.is_number() || value.is_boolean()) {
      parameters[name] = value.dump();
    } else {
      fault("/parameters/" + escaped(name), "wrong_type", "expected a value as text");
    }
  }
  return parameters;
}

void RequestReader::fault(std::string pointer, std::string code, std::string detail) {
  if (faults_.size() == kMostFaults) {
    ++further_faults_;
    return;
  }
  faults_.push_back(Fault{std::move(pointer), std::move(code), std::move(detail)});
}

Response RequestReader::refusal() const {
  if (unreadable_) {
    return problem(400, "not_json", "The request cannot be understood", "the body must be one JSON object", request_.path);
  }
  Json errors = Json::array();
  for (const Fault& each : faults_) errors.push_back({{"pointer", each.pointer}, {"code", each.code}, {"detail", each.detail}});
  Response response = problem(422, "invalid_input", "The request is invalid", faults_.front().detail, request_.path);
  Json body = Json::parse(response.body);
  body["errors"] = std::move(errors);
  if (further_faults_ > 0) body["errors_left_out"] = further_faults_;
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace penstock::api
