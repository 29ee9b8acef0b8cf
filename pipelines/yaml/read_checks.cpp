#include <algorithm>
#include <map>

#include "pipelines/base/identifier.h"
#include "pipelines/model/language.h"
#include "pipelines/yaml/reader.h"

namespace penstock::yaml {
namespace {

using model::Check;
using model::Node;
using Kind = model::Node::Kind;

bool is_known_kind(std::string_view kind, const ReadContext& context) {
  const auto& known = context.vocabulary.checks;
  return std::any_of(known.begin(), known.end(), [&](const model::TaggedSpec& tag) { return tag.object->name == kind; });
}

void append_column(const Node& column, std::string& name) {
  if (column.kind != Kind::scalar) return;
  for (const char c : "_" + column.text) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    name += is_word ? c : (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : '_');
  }
}

// "not_null_origin_destination": the kind and its columns, as far as the parameters hold names of columns.
std::string name_from(const Check& check) {
  std::string name = check.kind;
  const Node* columns = &check.parameters;
  if (columns->kind == Kind::mapping) {
    columns = check.parameters.find("columns");
    if (columns == nullptr) columns = check.parameters.find("column");
  }
  if (columns != nullptr && check.kind != "expression") {
    append_column(*columns, name);
    for (const Node& column : columns->items) append_column(column, name);
  }
  std::size_t length = std::min(name.size(), Identifier::kLongestBytes);
  while (length < name.size() && length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U) --length;
  return name.substr(0, length);
}

std::optional<Check> read_check(const Node& item, const ReadContext& context) {
  Check check;
  if (item.kind == Kind::scalar) {
    check.kind = item.text;
    check.where = item.where;
    check.parameters.kind = Kind::mapping;
    check.parameters.where = item.where;
  } else if (item.kind == Kind::mapping) {
    const ObjectReader reader(item, model::check_item_spec(), context);
    check.severity = reader.choice<Check::Severity>("severity").value_or(check.severity);
    check.name = reader.text("name");
    for (const Node::Entry& entry : item.entries) {
      if (!check.kind.empty() || model::find_key(model::check_item_spec(), entry.key) != nullptr) continue;
      check.kind = entry.key;
      check.where = entry.where;
      check.parameters = entry.value;
      if (check.parameters.kind == Kind::null) check.parameters.kind = Kind::mapping;
    }
  }
  if (!is_known_kind(check.kind, context)) return std::nullopt;
  return check;
}

}  // namespace

std::vector<Check> read_checks(const Node& list, const ReadContext& context) {
  std::vector<Check> checks;
  std::map<std::string, Span> taken;
  for (const Node& item : list.items) {
    std::optional<Check> check = read_check(item, context);
    if (!check) continue;
    if (!check->name.empty()) {
      const auto [known, is_new] = taken.emplace(check->name, check->where);
      if (!is_new) {
        context.diagnostics.add(Diagnostic{Code::duplicate_name,
                                           Severity::error,
                                           check->where,
                                           "two checks of this step are called \"" + check->name + "\"",
                                           "",
                                           "give one of them another name",
                                           {{known->second, "the first one"}}});
      }
    }
    checks.push_back(std::move(*check));
  }
  // Made names come after all given ones, so that they never take one away.
  for (Check& check : checks) {
    if (!check.name.empty()) continue;
    const std::string base = name_from(check);
    check.name = base;
    for (int number = 2; !taken.emplace(check.name, check.where).second; ++number) check.name = base + "_" + std::to_string(number);
  }
  return checks;
}

}  // namespace penstock::yaml
