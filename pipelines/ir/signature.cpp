#include "pipelines/ir/signature.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "pipelines/base/broken.h"

namespace penstock::ir {
namespace {

struct PlaceName {
  std::string_view name;
  Parameter::Kind kind;
};

constexpr std::array kPlaceNames{
    PlaceName{"any", Parameter::Kind::any},         PlaceName{"one", Parameter::Kind::one},
    PlaceName{"string", Parameter::Kind::string},   PlaceName{"number", Parameter::Kind::number},
    PlaceName{"integer", Parameter::Kind::integer}, PlaceName{"decimal", Parameter::Kind::decimal},
    PlaceName{"offset", Parameter::Kind::offset},
};

[[noreturn]] void abort_reading(std::string_view text) {
  broken("the function table holds a signature that cannot be read: " + std::string(text));
}

Type read_type(std::string_view name, std::string_view text) {
  const auto type = parse_type(name);
  if (!type) abort_reading(text);
  return *type;
}

Parameter read_parameter(std::string_view name, std::string_view text) {
  for (const PlaceName& place : kPlaceNames) {
    if (place.name == name) return {place.kind, {}};
  }
  return {Parameter::Kind::type, read_type(name, text)};
}

void read_parameters(std::string_view list, Signature& signature, std::string_view text) {
  while (!list.empty()) {
    const auto comma = list.find(", ");
    std::string_view name = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 2);
    const bool optional = name.ends_with('?');
    signature.variadic = name.ends_with("...");
    if (optional) name.remove_suffix(1);
    if (signature.variadic) name.remove_suffix(3);
    signature.parameters.push_back(read_parameter(name, text));
    if (!optional) ++signature.fewest;
  }
}

Signature read_signature(std::string_view text) {
  const auto arrow = text.rfind(" -> ");
  const auto close = text.rfind(')', arrow);
  const auto open = text.find('(');
  if (arrow == std::string_view::npos || close == std::string_view::npos || open > close) abort_reading(text);
  Signature signature;
  read_parameters(text.substr(open + 1, close - open - 1), signature, text);
  const std::string_view result = text.substr(arrow + 4);
  if (result == "any") {
    signature.result = Signature::Result::any;
  } else if (result == "array") {
    signature.result = Signature::Result::array;
  } else if (result == "number" || result == "decimal") {
    signature.result = Signature::Result::number;
  } else {
    signature.result_type = read_type(result, text);
  }
  return signature;
}

std::vector<std::vector<Signature>> read_all() {
  std::vector<std::vector<Signature>> all;
  for (const FunctionSpec& row : function_table()) {
    std::vector<Signature>& of_function = all.emplace_back();
    std::string_view rest = row.signature;
    while (!rest.empty()) {
      const auto end = rest.find("; ");
      of_function.push_back(read_signature(rest.substr(0, end)));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
  }
  return all;
}

}  // namespace

std::span<const Signature> signatures(Function function) {
  static const std::vector<std::vector<Signature>> kSignatures = read_all();
  return kSignatures[static_cast<std::size_t>(function)];
}

}  // namespace penstock::ir
