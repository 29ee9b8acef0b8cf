#include "pipelines/components/reading.h"

#include <algorithm>
#include <charconv>

#include "pipelines/base/suggest.h"

namespace penstock::components {
namespace {

using model::Node;

std::vector<std::string> names_of(const ir::Columns& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const ir::Column& column : columns) names.push_back(column.name.text());
  return names;
}

std::string columns_help(const ir::Columns& columns) {
  constexpr std::size_t kMost = 20;
  std::string help = "its columns: ";
  for (std::size_t i = 0; i < columns.size() && i < kMost; ++i) {
    if (i > 0) help += ", ";
    help += columns[i].name.text();
  }
  if (columns.size() > kMost) help += " and " + std::to_string(columns.size() - kMost) + " more";
  return help;
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || text.empty()) return std::nullopt;
  return value;
}

bool is_scalar(const Node& node, std::string_view wanted, Context& context) {
  if (node.kind == Node::Kind::scalar) return true;
  context.diagnostics.error(Code::yaml_wrong_kind, node.where, "expected " + std::string(wanted) + " here");
  return false;
}

}  // namespace

ir::Scope scope_of(const Input& input) { return {{{input.name, input.relation->columns, input.open}}}; }

bool has_known_columns(const Input& input, Span where, Context& context) {
  if (!input.open) return true;
  context.diagnostics.error(Code::untyped_column, where, "the columns of \"" + input.name.text() + "\" are not known", {},
                            "declare them (columns: {name: type}) or take them from the target with `penstock sources pull`");
  return false;
}

const Node* value_of(const Node& parameters, std::string_view key) {
  if (parameters.kind != Node::Kind::mapping) return &parameters;
  return parameters.find(key);
}

const Node* required(const Node& parameters, std::string_view key) {
  const Node* value = value_of(parameters, key);
  return value != nullptr && value->kind != Node::Kind::null ? value : nullptr;
}

std::vector<const Node*> items_of(const Node& node) {
  if (node.kind != Node::Kind::sequence) return {&node};
  std::vector<const Node*> items;
  items.reserve(node.items.size());
  for (const Node& item : node.items) items.push_back(&item);
  return items;
}

std::optional<int> read_column(const Node& name, const ir::Columns& columns, std::string_view whose, Context& context) {
  if (!is_scalar(name, "the name of a column", context)) return std::nullopt;
  const auto identifier = read_name(name.text, name.where, context);
  if (!identifier) return std::nullopt;
  if (const auto index = ir::find_column(columns, *identifier)) return index;
  context.diagnostics.error(Code::unknown_column, name.where, "there is no column \"" + identifier->text() + "\" in " + std::string(whose),
                            did_you_mean(identifier->text(), names_of(columns)), columns_help(columns));
  return std::nullopt;
}

std::optional<std::vector<int>> read_columns(const Node& names, const ir::Columns& columns, std::string_view whose, Context& context) {
  std::vector<int> indices;
  bool good = true;
  for (const Node* name : items_of(names)) {
    const auto index = read_column(*name, columns, whose, context);
    if (!index) {
      good = false;
      continue;
    }
    if (std::find(indices.begin(), indices.end(), *index) != indices.end()) {
      context.diagnostics.error(Code::duplicate_column, name->where, "the column \"" + name->text + "\" is named twice");
      good = false;
    }
    indices.push_back(*index);
  }
  if (good && indices.empty()) {
    context.diagnostics.error(Code::invalid_component, names.where, "at least one column is needed here");
    good = false;
  }
  if (!good) return std::nullopt;
  return indices;
}

std::optional<Identifier> read_name(std::string_view text, Span where, Context& context) {
  if (text.size() > 2 && text.front() == '"' && text.back() == '"') {
    const std::string_view inner = text.substr(1, text.size() - 2);
    // What folds without complaint is a good name; in quotes it keeps its case.
    if (Identifier::fold(inner)) return Identifier::exact(std::string(inner));
  }
  auto name = Identifier::fold(text);
  if (name) return *std::move(name);
  context.diagnostics.error(Code::invalid_identifier, where, name.error().message, {}, name.error().hint);
  return std::nullopt;
}

std::optional<std::string> read_choice(const Node& node, std::span<const std::string_view> choices, Context& context) {
  if (!is_scalar(node, "a word", context)) return std::nullopt;
  for (const std::string_view choice : choices) {
    if (node.text == choice) return node.text;
  }
  const std::vector<std::string> words(choices.begin(), choices.end());
  context.diagnostics.error(Code::invalid_value, node.where, "\"" + node.text + "\" is not allowed here", did_you_mean(node.text, words),
                            "allowed: " + quoted_list(words));
  return std::nullopt;
}

std::optional<std::int64_t> read_count(const Node& node, Context& context) {
  if (!is_scalar(node, "a whole number", context)) return std::nullopt;
  const auto number = whole_number(node.text);
  if (number && *number >= 0) return number;
  context.diagnostics.error(Code::invalid_value, node.where, "\"" + node.text + "\" is not a whole number from 0 on");
  return std::nullopt;
}

std::optional<bool> read_boolean(const Node& node, Context& context) {
  if (!is_scalar(node, "true or false", context)) return std::nullopt;
  if (node.text == "true") return true;
  if (node.text == "false") return false;
  context.diagnostics.error(Code::invalid_value, node.where, "\"" + node.text + "\" is neither true nor false");
  return std::nullopt;
}

ir::ExpressionPtr read_literal(const Node& node, const ir::Type& type, Context& context) {
  if (node.kind == Node::Kind::null) return ir::null_literal(type);
  if (!is_scalar(node, "a value", context)) return nullptr;
  if (type.is_unknown() || type.kind == ir::TypeKind::null) {
    if (!node.quoted) {
      if (const auto number = whole_number(node.text)) return ir::integer(*number);
    }
    return ir::text(node.text);
  }
  auto value = ir::parse_value(node.text, type);
  if (value) return ir::literal(*std::move(value), type);
  context.diagnostics.error(Code::type_mismatch, node.where, "\"" + node.text + "\" is no value of type " + ir::to_string(type), {},
                            value.error().message);
  return nullptr;
}

std::optional<std::vector<ir::SortKey>> read_order(const Node& order, const ir::Scope& scope, Context& context) {
  std::vector<ir::SortKey> keys;
  bool good = true;
  for (const Node* item : items_of(order)) {
    ir::SortKey key;
    if (context.expressions.sort_key(*item, scope, key)) {
      keys.push_back(std::move(key));
    } else {
      good = false;
    }
  }
  if (good && keys.empty()) {
    context.diagnostics.error(Code::invalid_component, order.where, "at least one column to order by is needed here");
    good = false;
  }
  if (!good) return std::nullopt;
  return keys;
}

bool OutputNames::add(const Identifier& name, Span where, Context& context) {
  if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
    names_.push_back(name);
    return true;
  }
  context.diagnostics.error(Code::duplicate_column, where, "there would be two columns named \"" + name.text() + "\"", {},
                            "give one of them another name");
  return false;
}

std::string quoted_list(const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += i + 1 == words.size() ? " and " : ", ";
    list += "\"" + words[i] + "\"";
  }
  return list;
}

}  // namespace penstock::components
