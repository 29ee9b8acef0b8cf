#include <algorithm>
#include <array>
#include <utility>

#include "pipelines/base/lookalike.h"
#include "pipelines/base/suggest.h"
#include "pipelines/ir/type.h"
#include "pipelines/yaml/check.h"
#include "pipelines/yaml/duration.h"
#include "pipelines/yaml/names.h"
#include "pipelines/yaml/parse.h"
#include "pipelines/yaml/partition.h"
#include "pipelines/yaml/types.h"

namespace penstock::yaml {
namespace {

using model::KeySpec;
using model::Node;
using model::Shape;
using Kind = model::Node::Kind;

bool is_integer(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 6> kWords = {"true", "True", "TRUE", "false", "False", "FALSE"};
  return std::find(kWords.begin(), kWords.end(), text) != kWords.end();
}

bool is_number(std::string_view text) {
  return is_special(text) && !is_boolean(text) && text.find_first_of("0123456789") != std::string_view::npos;
}

bool is_list_shape(Shape shape) {
  return shape == Shape::order || shape == Shape::values || shape == Shape::object_list || shape == Shape::tagged;
}

// Whether a value of that kind can be of that shape at all; what it says is checked afterwards.
bool fits(const Node& value, Shape shape) {
  if (shape == Shape::any) return true;
  if (shape == Shape::value) return value.kind == Kind::scalar || value.kind == Kind::null;
  if (shape == Shape::names || shape == Shape::partition) return value.kind == Kind::scalar || value.kind == Kind::sequence;
  if (is_list_shape(shape)) return value.kind == Kind::sequence;
  if (shape == Shape::object || shape == Shape::object_map || is_map_shape(shape)) return value.kind == Kind::mapping;
  return value.kind == Kind::scalar;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace

bool is_reference(std::string_view text) {
  for (const std::string_view start : {"env:", "file:", "cmd:"}) {
    if (text.size() > start.size() && text.substr(0, start.size()) == start) return true;
  }
  return false;
}

bool is_map_shape(Shape shape) {
  return shape == Shape::text_map || shape == Shape::type_map || shape == Shape::expression_map || shape == Shape::aggregate_map ||
         shape == Shape::property_map;
}

std::string kind_of(const Node& value) {
  switch (value.kind) {
    case Kind::null:
      return "nothing";
    case Kind::sequence:
      return "a list";
    case Kind::mapping:
      return "a mapping";
    case Kind::scalar:
      break;
  }
  if (value.quoted || !is_special(value.text)) return "text";
  return is_boolean(value.text) ? "true or false" : "a number";
}

std::string_view wanted(Shape shape) {
  switch (shape) {
    case Shape::text:
      return "a text";
    case Shape::given_name:
    case Shape::name:
      return "a name";
    case Shape::names:
      return "a name or a list of names";
    case Shape::table:
      return "a table's name";
    case Shape::expression:
    case Shape::aggregate:
      return "an expression";
    case Shape::sql:
      return "a SELECT";
    case Shape::order:
      return "a list of expressions to order by";
    case Shape::integer:
      return "a whole number";
    case Shape::number:
      return "a number";
    case Shape::boolean:
      return "true or false";
    case Shape::duration:
      return "a duration such as 15m";
    case Shape::type:
      return "a type such as int64";
    case Shape::choice:
      return "a word";
    case Shape::value:
      return "a single value";
    case Shape::values:
      return "a list of values";
    case Shape::object:
      return "a mapping";
    case Shape::object_list:
      return "a list of mappings";
    case Shape::object_map:
      return "a mapping from names to mappings";
    case Shape::text_map:
      return "a mapping from names to texts";
    case Shape::type_map:
      return "a mapping from columns to types";
    case Shape::expression_map:
    case Shape::aggregate_map:
      return "a mapping from columns to expressions";
    case Shape::partition:
      return "a column, a function of one or a list of those";
    case Shape::property_map:
      return "a mapping from names to single values";
    case Shape::tagged:
      return "a list";
    case Shape::secret:
      return "a reference to a secret";
    case Shape::any:
      return "a value";
  }
  return "a value";
}

void Checker::check_value(const Node& value, const KeySpec& key) {
  if (in_connection_ && value.kind == Kind::scalar && is_reference(value.text)) return;
  // In a mapping from names the shorter form is that of each of its values.
  const bool shorthand_is_inside = key.shape == Shape::object_map || key.shape == Shape::object_list;
  if (fits(value, key.shape)) {
    check_shape(value, key.shape, key);
  } else if (key.has_shorthand && !shorthand_is_inside && fits(value, key.shorthand)) {
    check_shape(value, key.shorthand, key);
  } else {
    report_kind(value, key);
  }
}

void Checker::check_shape(const Node& value, Shape shape, const KeySpec& key) {
  if (!fits(value, shape)) {
    report_kind(value, key);
    return;
  }
  if (shape == Shape::object) {
    check_object(value, *key.object);
  } else if (shape == Shape::object_list) {
    for (const Node& item : value.items) check_object(item, *key.object);
  } else if (shape == Shape::tagged) {
    check_tagged(value, key);
  } else if ((shape == Shape::names || shape == Shape::partition) && value.kind == Kind::sequence) {
    if (value.items.empty()) report_value(value, "\"" + std::string(key.name) + "\" in " + label() + " is an empty list");
    const Shape one = shape == Shape::names ? Shape::name : shape;
    for (const Node& item : value.items) {
      const bool is_nested = shape == Shape::partition && item.kind != Kind::scalar;
      const KeySpec as_key{key.name, is_nested ? Shape::expression : one, false, key.doc, key.example};
      is_nested ? report_kind(item, as_key) : check_shape(item, one, as_key);
    }
  } else if (shape == Shape::order) {
    for (const Node& item : value.items)
      check_shape(item, Shape::expression, KeySpec{key.name, Shape::expression, false, key.doc, key.example});
  } else if (shape == Shape::values) {
    for (const Node& item : value.items) check_shape(item, Shape::value, KeySpec{key.name, Shape::value, false, key.doc, key.example});
  } else if (shape == Shape::object_map || is_map_shape(shape)) {
    check_map(value, shape, key);
  } else if (value.kind == Kind::scalar) {
    check_scalar(value, shape, key);
  }
}

void Checker::check_map(const Node& value, Shape shape, const KeySpec& key) {
  for (const Node::Entry& entry : value.entries) {
    if (shape == Shape::object_map) {
      check_given_name(entry.key, entry.where);
      if (entry.value.kind != Kind::mapping && key.has_shorthand && fits(entry.value, key.shorthand)) {
        check_shape(entry.value, key.shorthand, KeySpec{entry.key, key.shorthand, false, key.doc, key.example});
      } else {
        check_object(entry.value, *key.object, entry.key);
      }
      continue;
    }
    if (entry.value.kind == Kind::null &&
        std::count(entry.key.begin(), entry.key.end(), ')') > std::count(entry.key.begin(), entry.key.end(), '(')) {
      diagnostics_.error(Code::yaml_wrong_kind, entry.where, "\"" + entry.key + "\" was cut off from the value before it",
                         "put that value in quotes", "between { and } a comma ends a value unless it is quoted");
      continue;
    }
    if (shape != Shape::property_map) check_column_name(entry.key, entry.where);
    const KeySpec as_key{entry.key, Shape::text, false, key.doc, key.example};
    if (entry.value.kind != Kind::scalar) {
      report_kind(entry.value, as_key);
    } else if (shape == Shape::type_map) {
      check_type(entry.value, true);
    } else if (shape != Shape::text_map && shape != Shape::property_map) {
      check_scalar(entry.value, Shape::expression, as_key);
    }
  }
}

void Checker::check_column_name(const std::string& text, Span where) {
  const Result<Identifier> name = read_identifier(text);
  if (!name) {
    diagnostics_.error(Code::invalid_identifier, where, "\"" + text + "\" is no column's name: " + name.error().message,
                       odd_character(text));
  }
}

void Checker::check_given_name(const std::string& text, Span where) {
  if (is_given_name(text)) return;
  const std::string near = nearest_given_name(plain_form(text));
  const std::string odd = odd_character(text);
  std::string meant = near.empty() ? "" : "did you mean \"" + near + "\"?" + (odd.empty() ? "" : " ");
  diagnostics_.error(Code::invalid_identifier, where, "\"" + text + "\" is no name", std::move(meant) + odd,
                     "a name has lower-case letters, digits and underscores, begins with no digit, and has at most 63 bytes");
}

void Checker::check_partition(const Node& value) {
  const PartitionText read = read_partition(value.text);
  if (read.fault.empty()) return;
  diagnostics_.error(
      Code::invalid_layout, value.place_of(read.offset, read.length), read.fault, read.suggestion,
      "a column, year(column), month(column), day(column), hour(column), bucket(16, column), or range(column, 0, 1000, 100)");
}

void Checker::check_type(const Node& value, bool in_map) {
  const TypeText type = in_map ? split_type(value.text) : TypeText{value.text};
  if (const auto parsed = ir::parse_type(type.type)) {
    if (!type.trimmed || parsed->is_text()) return;
    diagnostics_.error(Code::unknown_type, value.where, "only a text can be trimmed, and this is " + ir::to_string(*parsed), "",
                       "trimmed says that a text never ends in a blank");
    return;
  }
  diagnostics_.error(Code::unknown_type, value.where, "unknown type \"" + std::string(type.type) + "\"", suggest_type(type.type),
                     "types: " + std::string(kTypeNames));
}

void Checker::check_scalar(const Node& value, Shape shape, const KeySpec& key) {
  const std::string& text = value.text;
  const std::string name = "\"" + std::string(key.name) + "\"";
  const bool is_plain_number = !value.quoted && is_number(text);
  if ((shape == Shape::integer && (value.quoted || !is_integer(text))) || (shape == Shape::number && !is_plain_number) ||
      (shape == Shape::boolean && (value.quoted || !is_boolean(text)))) {
    report_kind(value, key);
  } else if (shape == Shape::given_name) {
    check_given_name(text, value.where);
  } else if (shape == Shape::name || shape == Shape::names) {
    check_column_name(text, value.where);
  } else if (shape == Shape::partition) {
    check_partition(value);
  } else if (shape == Shape::table) {
    const Result<TableName> table = read_table_name(text);
    if (!table) {
      diagnostics_.error(Code::invalid_identifier, value.where, "\"" + text + "\" is no table's name: " + table.error().message,
                         odd_character(text));
    }
  } else if (shape == Shape::duration) {
    if (parse_duration(text)) return;
    const bool has_no_unit = is_integer(text);
    report_value(value, "\"" + text + "\" is no duration", has_no_unit ? "add a unit, such as " + text + "s or " + text + "m" : "",
                 "a number with a unit, or several: 500ms, 90s, 15m, 1h30m, 2d; or ISO 8601: PT15M");
  } else if (shape == Shape::type) {
    check_type(value, false);
  } else if (shape == Shape::choice) {
    const std::vector<std::string> choices(key.choices.begin(), key.choices.end());
    if (std::find(choices.begin(), choices.end(), text) != choices.end()) return;
    std::string allowed;
    for (const std::string& choice : choices) allowed += (allowed.empty() ? "" : ", ") + choice;
    std::string suggestion = did_you_mean(text, choices);
    for (const std::string& choice : choices) {
      // "warning" for "warn", "tables" for "table": too many edits, but plain to see.
      const bool is_start = std::min(choice.size(), text.size()) > 2 && (text.find(choice) == 0 || choice.find(text) == 0);
      if (suggestion.empty() && is_start) suggestion = "did you mean \"" + choice + "\"?";
    }
    report_value(value, name + " in " + label() + " cannot be \"" + text + "\"", std::move(suggestion), "allowed: " + allowed);
  } else if (shape == Shape::secret) {
    if (is_reference(text) || text.empty()) return;
    diagnostics_.error(Code::plain_secret, value.where, name + " in " + label() + " is written in plain text", "refer to it",
                       "env:NAME (a variable), file:PATH (a file) or cmd:COMMAND (what it prints)");
  } else if ((shape == Shape::sql || shape == Shape::expression || shape == Shape::aggregate) && is_blank(text)) {
    report_value(value, name + " in " + label() + " is empty");
  }
}

}  // namespace penstock::yaml
