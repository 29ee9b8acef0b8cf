#include "pipelines/yaml/reader.h"

#include <charconv>

#include "pipelines/ir/type.h"
#include "pipelines/model/language.h"
#include "pipelines/yaml/duration.h"
#include "pipelines/yaml/names.h"
#include "pipelines/yaml/parse.h"
#include "pipelines/yaml/types.h"

namespace penstock::yaml {
namespace {

using model::Located;
using model::Node;
using Kind = model::Node::Kind;

void append(const Node& node, std::string& bytes) {
  const auto append_size = [&](std::size_t size) { bytes += std::to_string(size) + ":"; };
  switch (node.kind) {
    case Kind::null:
      bytes += '~';
      break;
    case Kind::scalar:
      // Quotes matter only where the text would be something else without them.
      bytes += node.quoted && is_special(node.text) ? '"' : 's';
      append_size(node.text.size());
      bytes += node.text;
      break;
    case Kind::sequence:
      bytes += '[';
      append_size(node.items.size());
      for (const Node& item : node.items) append(item, bytes);
      break;
    case Kind::mapping:
      bytes += '{';
      append_size(node.entries.size());
      for (const Node::Entry& entry : node.entries) {
        append_size(entry.key.size());
        bytes += entry.key;
        append(entry.value, bytes);
      }
      break;
  }
}

}  // namespace

const Node* ObjectReader::get(std::string_view key) const {
  if (context_.log != nullptr) context_.log->emplace(object_.name, key);
  const Node* value = node_.find(key);
  return value == nullptr || value->kind == Kind::null ? nullptr : value;
}

const Node* ObjectReader::scalar(std::string_view key) const {
  const Node* value = get(key);
  return value == nullptr || value->kind != Kind::scalar ? nullptr : value;
}

std::string ObjectReader::text(std::string_view key) const {
  const Node* value = scalar(key);
  return value == nullptr ? std::string() : value->text;
}

std::optional<Located<std::string>> ObjectReader::located(std::string_view key) const {
  const Node* value = scalar(key);
  if (value == nullptr) return std::nullopt;
  return Located<std::string>{value->text, value->where};
}

std::vector<const Node*> ObjectReader::scalars(std::string_view key) const {
  std::vector<const Node*> result;
  const Node* value = get(key);
  if (value == nullptr) return result;
  if (value->kind == Kind::scalar) result.push_back(value);
  for (const Node& item : value->items) {
    if (item.kind == Kind::scalar) result.push_back(&item);
  }
  return result;
}

std::vector<Located<std::string>> ObjectReader::located_list(std::string_view key) const {
  std::vector<Located<std::string>> result;
  for (const Node* value : scalars(key)) result.push_back({value->text, value->where});
  return result;
}

std::optional<Located<Identifier>> ObjectReader::identifier(std::string_view key) const {
  const Node* value = scalar(key);
  if (value == nullptr) return std::nullopt;
  Result<Identifier> name = read_identifier(value->text);
  if (!name) return std::nullopt;
  return Located<Identifier>{*std::move(name), value->where};
}

std::vector<Located<Identifier>> ObjectReader::identifiers(std::string_view key) const {
  std::vector<Located<Identifier>> result;
  for (const Node* value : scalars(key)) {
    Result<Identifier> name = read_identifier(value->text);
    if (!name) continue;
    bool is_new = true;
    for (const Located<Identifier>& known : result) {
      if (known.value != *name) continue;
      is_new = false;
      context_.diagnostics.add(Diagnostic{Code::duplicate_column,
                                          Severity::error,
                                          value->where,
                                          "\"" + value->text + "\" stands twice in \"" + std::string(key) + "\"",
                                          "",
                                          "remove one of them",
                                          {{known.where, "the first one"}}});
    }
    if (is_new) result.push_back({*std::move(name), value->where});
  }
  return result;
}

std::optional<std::chrono::milliseconds> ObjectReader::duration(std::string_view key) const {
  const Node* value = scalar(key);
  return value == nullptr ? std::nullopt : parse_duration(value->text);
}

std::optional<int> ObjectReader::count(std::string_view key, int least) const {
  const Node* value = scalar(key);
  if (value == nullptr || value->quoted) return std::nullopt;
  int number = 0;
  const char* end = value->text.data() + value->text.size();
  const auto [stop, error] = std::from_chars(value->text.data(), end, number);
  if (stop != end && error == std::errc()) return std::nullopt;
  if (error != std::errc() || number < least) {
    if (error == std::errc::invalid_argument) return std::nullopt;
    context_.diagnostics.error(Code::invalid_value, value->where, "\"" + std::string(key) + "\" cannot be " + value->text, "",
                               "a whole number of at least " + std::to_string(least));
    return std::nullopt;
  }
  return number;
}

bool ObjectReader::flag(std::string_view key, bool otherwise) const {
  const Node* value = scalar(key);
  if (value == nullptr || value->quoted) return otherwise;
  if (value->text == "true" || value->text == "True" || value->text == "TRUE") return true;
  if (value->text == "false" || value->text == "False" || value->text == "FALSE") return false;
  return otherwise;
}

std::optional<std::size_t> ObjectReader::choice_index(std::string_view key) const {
  const Node* value = scalar(key);
  const model::KeySpec* spec = model::find_key(object_, key);
  if (value == nullptr || spec == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < spec->choices.size(); ++i) {
    if (spec->choices[i] == value->text) return i;
  }
  return std::nullopt;
}

ir::Columns read_columns(const Node& node, const ReadContext& context) {
  ir::Columns columns;
  std::vector<Span> places;
  for (const Node::Entry& entry : node.entries) {
    Result<Identifier> name = read_identifier(entry.key);
    const TypeText text = split_type(entry.value.text);
    std::optional<ir::Type> type = ir::parse_type(text.type);
    if (!name) continue;
    bool is_new = true;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].name != *name) continue;
      is_new = false;
      context.diagnostics.add(Diagnostic{Code::duplicate_column,
                                         Severity::error,
                                         entry.where,
                                         "the column \"" + name->text() + "\" is declared twice",
                                         "",
                                         "letters fold to lower case",
                                         {{places[i], "the first one"}}});
    }
    if (!is_new) continue;
    columns.push_back({*std::move(name), type.value_or(ir::Type()), !text.not_null, text.trimmed});
    places.push_back(entry.where);
  }
  return columns;
}

ContentHash content_hash(const Node& root) {
  std::string bytes;
  append(root, bytes);
  return hash_content(bytes);
}

}  // namespace penstock::yaml
