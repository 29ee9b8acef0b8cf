#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/api/encode.h"
#include "daemon/api/message.h"
#include "daemon/store/reader.h"

namespace penstock::api {

/// Reads query parameters and JSON bodies and remembers what is wrong with them, so that one answer names every fault.
class RequestReader {
 public:
  explicit RequestReader(const Request& request) : request_(request) {}

  /// `limit` and `cursor`.
  store::PageRequest page(int usual, int most);
  int integer(std::string_view name, int usual, int least, int most);
  std::optional<store::Time> time(std::string_view name);
  std::string text(std::string_view name, std::optional<std::ptrdiff_t> most_characters = std::nullopt);
  /// A parameter that is given several times or as a list with commas, each item parsed by `parse`.
  template <typename T>
  std::vector<T> list(std::string_view name, std::optional<T> (*parse)(std::string_view));

  /// The JSON body as an object whose keys are all among `known`; an empty object where there is no body, or more in it than kLargestBody.
  Json body(const std::vector<std::string>& known);
  std::string body_text(const Json& body, const char* key);
  std::vector<std::string> body_names(const Json& body, const char* key);
  bool body_flag(const Json& body, const char* key);
  /// Without an offset it is meant on the zone's wall clock.
  std::optional<store::Time> body_time(const Json& object, const char* key, const std::string& pointer, const run::Zone& zone);
  store::Parameters body_parameters(const Json& body);

  void fault(std::string pointer, std::string code, std::string detail);
  bool ok() const { return faults_.empty() && !unreadable_; }
  /// The problem that names the faults, as many as are worth reading: 400 for a body that is no JSON, otherwise 422.
  Response refusal() const;

 private:
  struct Fault {
    std::string pointer;
    std::string code;
    std::string detail;
  };
  const Request& request_;
  std::vector<Fault> faults_;
  std::size_t further_faults_ = 0;
  bool unreadable_ = false;
};

template <typename T>
std::vector<T> RequestReader::list(std::string_view name, std::optional<T> (*parse)(std::string_view)) {
  std::vector<T> items;
  const auto [begin, end] = request_.query.equal_range(name);
  for (auto given = begin; given != end; ++given) {
    std::string_view rest = given->second;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::optional<T> item = parse(rest.substr(0, comma));
      if (item) {
        items.push_back(*item);
      } else {
        fault(std::string(name), "invalid_value", "no such value: " + std::string(rest.substr(0, comma)));
      }
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return items;
}

}  // namespace penstock::api
