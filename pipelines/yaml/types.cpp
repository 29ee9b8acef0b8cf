#include "pipelines/yaml/types.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "pipelines/base/suggest.h"

namespace penstock::yaml {
namespace {

struct VendorType {
  std::string_view theirs;
  std::string_view ours;
};

constexpr std::array kVendorTypes = {
    VendorType{"string", "text"},
    VendorType{"number", "decimal(38,0)"},
    VendorType{"datetime", "timestamp"},
    VendorType{"nvarchar", "text"},
    VendorType{"tinyint", "int16"},
    VendorType{"double", "float64"},
    VendorType{"bytea", "bytes"},
    VendorType{"binary", "bytes"},
    VendorType{"varbinary", "bytes"},
    VendorType{"blob", "bytes"},
    VendorType{"variant", "json"},
    VendorType{"object", "json"},
    VendorType{"super", "json"},
    VendorType{"long", "int64"},
    VendorType{"bignumeric", "decimal(38,9)"},
    VendorType{"hugeint", "decimal(38,0)"},
    VendorType{"datetime2", "timestamp"},
    VendorType{"bit", "boolean"},
    VendorType{"datetimeoffset", "timestamptz"},
    VendorType{"timestamp_ntz", "timestamp"},
    VendorType{"timestamp_tz", "timestamptz"},
    VendorType{"timestamp_ltz", "timestamptz"},
    VendorType{"uniqueidentifier", "uuid"},
    VendorType{"clob", "text"},
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

TypeText split_type(std::string_view text) {
  const std::string folded = lower(text);
  const std::size_t last_word = folded.find_last_not_of(' ');
  if (last_word == std::string::npos || folded.substr(0, last_word + 1).size() < 8) return {text, false};
  const std::string_view trimmed = std::string_view(folded).substr(0, last_word + 1);
  if (trimmed.substr(trimmed.size() - 4) != "null") return {text, false};
  const std::size_t before_null = trimmed.find_last_not_of(' ', trimmed.size() - 5);
  if (before_null == std::string_view::npos || before_null + 1 == trimmed.size() - 4 || before_null < 3) return {text, false};
  if (trimmed.substr(before_null - 2, 3) != "not" || trimmed[before_null - 3] != ' ') return {text, false};
  const std::size_t end = trimmed.find_last_not_of(' ', before_null - 3);
  return {text.substr(0, end == std::string_view::npos ? 0 : end + 1), true};
}

std::string suggest_type(std::string_view wrong) {
  const std::string word = lower(wrong.substr(0, std::min(wrong.find('('), wrong.size())));
  if (word == "decimal" || word == "numeric") return "the precision is 1 to 38, and the scale is less";
  for (const VendorType& vendor : kVendorTypes) {
    if (word == vendor.theirs) return "did you mean \"" + std::string(vendor.ours) + "\"?";
  }
  static const std::vector<std::string> names = {"boolean",  "int16",   "int32", "int64", "decimal", "float32",   "float64",
                                                 "text",     "varchar", "bytes", "date",  "time",    "timestamp", "timestamptz",
                                                 "interval", "json",    "uuid",  "array", "integer", "numeric"};
  if (std::string near = did_you_mean(word, names); !near.empty()) return near;
  std::vector<std::string> vendors;
  for (const VendorType& vendor : kVendorTypes) vendors.emplace_back(vendor.theirs);
  const std::optional<std::string> vendor = nearest(word, vendors);
  return vendor ? suggest_type(*vendor) : std::string();
}

}  // namespace penstock::yaml
