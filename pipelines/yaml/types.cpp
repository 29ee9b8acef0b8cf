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
  TypeText parts{text};
  // Takes a word off the end, if the text ends in it and something stands before it.
  const auto take = [&parts](std::string_view word) {
    const std::size_t end = parts.type.find_last_not_of(' ');
    if (end == std::string_view::npos || end + 1 <= word.size()) return false;
    const std::size_t start = end + 1 - word.size();
    if (parts.type[start - 1] != ' ' || lower(parts.type.substr(start, word.size())) != word) return false;
    const std::size_t before = parts.type.find_last_not_of(' ', start - 1);
    parts.type = parts.type.substr(0, before == std::string_view::npos ? 0 : before + 1);
    return true;
  };
  while (true) {
    const std::string_view whole = parts.type;
    if (!parts.trimmed && take("trimmed")) {
      parts.trimmed = true;
    } else if (!parts.not_null && take("null") && take("not")) {
      parts.not_null = true;
    } else {
      parts.type = whole;
      return parts;
    }
  }
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
