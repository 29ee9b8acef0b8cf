#include "pipelines/components/joining.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr std::string_view kTypes[] = {"inner", "left", "right", "full", "cross", "semi", "anti"};
constexpr std::string_view kExpectations[] = {"at_most_one", "exactly_one", "at_least_one"};

constexpr model::KeySpec kKeys[] = {
    {.name = "with", .shape = model::Shape::given_name, .required = true, .doc = "The step or source to join.", .example = "airports"},
    {.name = "type",
     .shape = model::Shape::choice,
     .required = true,
     .doc = "inner keeps matching pairs; left, right and full also keep rows of that side without a match; semi keeps the rows that have a "
            "match and anti those that have none, both without new columns; cross pairs everything.",
     .example = "left",
     .choices = kTypes},
    {.name = "on",
     .shape = model::Shape::expression,
     .doc = "The condition, or a list of columns that both sides have and that must be equal. NULL equals nothing. Every type but cross "
            "needs it.",
     .example = "origin = airports.iata",
     .shorthand = model::Shape::names,
     .has_shorthand = true},
    {.name = "expect",
     .shape = model::Shape::choice,
     .doc = "How many rows of the joined table each row may match; what breaks it stops the publish.",
     .example = "at_most_one",
     .choices = kExpectations},
    {.name = "columns",
     .shape = model::Shape::any,
     .doc = "The columns to take from the joined table, as names or as `new: old`; without it all of them.",
     .example = "[city, {origin_state: state}]"},
    {.name = "prefix",
     .shape = model::Shape::text,
     .doc = "Put before the names of all columns that are taken, except keys that are equal to a column of the same name.",
     .example = "airport_"},
    {.name = "as",
     .shape = model::Shape::given_name,
     .doc = "Another name for the joined table in `on`; needed to join a table with itself.",
     .example = "destination_airport"},
};

ir::Join::Kind kind_named(const std::string& type) {
  using Kind = ir::Join::Kind;
  if (type == "inner") return Kind::inner;
  if (type == "left") return Kind::left;
  if (type == "right") return Kind::right;
  if (type == "full") return Kind::full;
  if (type == "cross") return Kind::cross;
  return type == "semi" ? Kind::semi : Kind::anti;
}

std::optional<Input> read_right(const model::Node& with, const model::Node& parameters, const Input& left, Context& context) {
  const Input* found = context.table(with);
  if (!found || !has_known_columns(*found, with.where, context)) return std::nullopt;
  Input right = *found;
  if (const model::Node* as = parameters.find("as")) {
    const auto name = read_name(as->text, as->where, context);
    if (!name) return std::nullopt;
    right.name = *name;
  }
  if (right.name == left.name) {
    context.diagnostics.error(Code::ambiguous_column, with.where, "both sides of the join are called \"" + left.name.text() + "\"", {},
                              "give the joined one another name, such as `as: other`");
    return std::nullopt;
  }
  return right;
}

std::optional<std::vector<Taken>> read_columns_taken(const model::Node& parameters, const Input& right, Context& context) {
  if (const model::Node* columns = parameters.find("columns")) return read_taken(*columns, right, context);
  std::vector<Taken> all;
  const model::Node* with = parameters.find("with");
  for (int i = 0; i < static_cast<int>(right.relation->columns.size()); ++i) {
    all.push_back({i, right.relation->columns[static_cast<std::size_t>(i)].name, with->where});
  }
  return all;
}

// A key that the left side has under the same name stays as it is, so that it is still left out as equal.
bool add_prefix(const model::Node& prefix, const Joining& joining, std::vector<Taken>& taken, Context& context) {
  bool good = true;
  for (Taken& column : taken) {
    if (is_equal_key(joining, column)) continue;
    const auto name = read_name(prefix.text + column.name.text(), prefix.where, context);
    good = name && good;
    if (name) column.name = *name;
  }
  return good;
}

bool check_keys(ir::Join::Kind kind, const model::Node& type, const model::Node& parameters, Context& context) {
  const model::Node* on = parameters.find("on");
  const bool is_cross = kind == ir::Join::Kind::cross;
  if (is_cross && on) {
    context.diagnostics.error(Code::conflicting_keys, on->where, "a cross join has no condition", {}, "remove \"on\", or use type: inner");
    return false;
  }
  if (!is_cross && !on) {
    context.diagnostics.error(Code::missing_key, type.where, "a join of type " + type.text + " needs \"on\"", {},
                              "on: left_column = right_table.column; to pair everything write type: cross");
    return false;
  }
  const bool takes_nothing = kind == ir::Join::Kind::semi || kind == ir::Join::Kind::anti;
  for (const std::string_view key : {"columns", "prefix", "expect"}) {
    const model::Node* node = parameters.find(key);
    const bool misplaced = takes_nothing || (is_cross && key == "expect");
    if (!node || !misplaced) continue;
    context.diagnostics.error(Code::conflicting_keys, node->where,
                              "\"" + std::string(key) + "\" has no meaning in a join of type " + type.text);
    return false;
  }
  return true;
}

bool add_expectation(const model::Node& expect, const Joining& joining, Context& context) {
  const auto read = read_choice(expect, kExpectations, context);
  if (!read) return false;
  if (*read != "at_least_one") expect_at_most_one(joining, expect.where, context);
  if (*read != "at_most_one") expect_at_least_one(joining, expect.where, context);
  return true;
}

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* with = required(parameters, "with");
  const model::Node* type = required(parameters, "type");
  if (!with || !type || !has_known_columns(input, parameters.where, context)) return nullptr;
  const auto type_name = read_choice(*type, kTypes, context);
  const auto right = read_right(*with, parameters, input, context);
  if (!type_name || !right || !check_keys(kind_named(*type_name), *type, parameters, context)) return nullptr;
  const model::Node* on = parameters.find("on");
  const Joining joining{input, *right, kind_named(*type_name), on ? read_condition(*on, input, *right, context) : nullptr};
  auto taken = read_columns_taken(parameters, *right, context);
  if ((on && !joining.condition) || !taken) return nullptr;
  if (const model::Node* prefix = parameters.find("prefix"); prefix && !add_prefix(*prefix, joining, *taken, context)) return nullptr;
  if (const model::Node* expect = parameters.find("expect"); expect && !add_expectation(*expect, joining, context)) return nullptr;
  return joined(joining, *taken, context);
}

}  // namespace

ComponentSpec join_component() {
  return {
      .parameters = {"join",
                     "Joins another step or source. The type and the condition are always written down. A key column of the joined table "
                     "that has the name of the column that it equals is given once; any other clash of names has to be settled by "
                     "`columns`, `prefix` or a rename.",
                     kKeys},
      .example = "join: {with: airports, type: left, on: origin = airports.iata, expect: at_most_one}",
      .build = build};
}

}  // namespace penstock::components
