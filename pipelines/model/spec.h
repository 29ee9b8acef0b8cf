#pragma once

#include <span>
#include <string_view>

namespace penstock::model {

/// What a key's value looks like. The loader's check, the JSON Schema, `penstock schema` and the help are all made from these tables.
enum class Shape {
  text,        ///< A string.
  given_name,  ///< A name that this file gives: lower-case letters, digits and underscores; at most 63 bytes.
  name,        ///< A column, as SQL names it: letters fold to lower case unless it stands in double quotes.
  names,       ///< One name or a list of names.
  table,       ///< A table name of one to three parts with dots.
  expression,  ///< A scalar SQL expression.
  sql,         ///< A SELECT.
  aggregate,   ///< A SQL expression that may hold aggregates.
  order,       ///< A list of "expression [asc|desc] [nulls first|last]".
  integer,     ///< A whole number.
  number,
  boolean,
  duration,        ///< "15m", "90s", "1h30m".
  type,            ///< A column type, such as decimal(12,2).
  choice,          ///< One of `choices`.
  value,           ///< Any scalar.
  values,          ///< A list of scalars.
  object,          ///< A mapping with the keys of `object`.
  object_list,     ///< A list of such mappings.
  object_map,      ///< A mapping from names to such mappings.
  text_map,        ///< A mapping from names to strings.
  type_map,        ///< A mapping from column names to types, each of which may be followed by "not null" and "trimmed".
  expression_map,  ///< A mapping from column names to scalar SQL expressions.
  aggregate_map,   ///< A mapping from column names to SQL expressions with aggregates.
  tagged,          ///< A list of mappings that are told apart by one key, such as the calls of a chain; see TaggedSpec.
  partition,       ///< A column, year(column), month, day, hour, bucket(n, column) or range(column, first, last, step); or a list of those.
  property_map,    ///< A mapping from names in a target's own words to single values.
  secret,          ///< Only a reference to a secret: "env:NAME", "file:PATH" or "cmd:COMMAND".
  any,             ///< Checked by the code that reads it.
};

struct ObjectSpec;

/// One key of a mapping.
struct KeySpec {
  std::string_view name;
  Shape shape;
  bool required = false;
  std::string_view doc;      ///< One or two sentences.
  std::string_view example;  ///< A value as YAML.
  std::span<const std::string_view> choices = {};
  const ObjectSpec* object = nullptr;  ///< For object, object_list and object_map; for tagged the keys that may stand beside the tag.
  /// The value may also be written in this simpler shape; the loader's code turns it into the longer one.
  Shape shorthand = Shape::any;
  bool has_shorthand = false;
};

/// A kind of mapping: "step", "schedule", "join".
struct ObjectSpec {
  std::string_view name;
  std::string_view doc;
  std::span<const KeySpec> keys;
};

/// One of the mappings of a tagged list: `- filter: a > 1`, `- not_null: [a]`. The object's name is the key, its keys are those of the
/// value.
struct TaggedSpec {
  const ObjectSpec* object = nullptr;
  Shape shorthand = Shape::object;  ///< The shape in which the value may stand instead of a mapping; object where it may not.
  std::string_view example;         ///< A whole item as YAML.
};

/// What the language gets from other folders: the components and the checks that there are.
struct Vocabulary {
  std::span<const TaggedSpec> components;
  std::span<const TaggedSpec> checks;
};

}  // namespace penstock::model
