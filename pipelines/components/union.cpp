#include "pipelines/components/alignment.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr std::string_view kBy[] = {"name", "position"};
constexpr std::string_view kColumns[] = {"same", "all", "common"};

constexpr model::KeySpec kKeys[] = {
    {.name = "with", .shape = model::Shape::names, .required = true, .doc = "The steps or sources to append.", .example = "[arrivals]"},
    {.name = "by",
     .shape = model::Shape::choice,
     .doc = "How columns find each other: by name (the default) or by position.",
     .example = "name",
     .choices = kBy},
    {.name = "columns",
     .shape = model::Shape::choice,
     .doc = "By name: same (the default) wants the same names everywhere, all fills what is missing with NULL, common keeps what all have.",
     .example = "all",
     .choices = kColumns},
    {.name = "distinct",
     .shape = model::Shape::boolean,
     .doc = "true keeps one of several equal rows; false (the default) keeps every row.",
     .example = "true"},
};

std::optional<Matching> read_matching(const model::Node& parameters, Context& context) {
  const model::Node* by = parameters.find("by");
  const model::Node* columns = parameters.find("columns");
  const auto how = by ? read_choice(*by, kBy, context) : std::string("name");
  const auto which = columns ? read_choice(*columns, kColumns, context) : std::string("same");
  if (!how || !which) return std::nullopt;
  if (*how == "position") {
    if (!columns) return Matching::position;
    context.diagnostics.error(Code::conflicting_keys, columns->where, "\"columns\" speaks of names, and \"by: position\" looks at none");
    return std::nullopt;
  }
  if (*which == "all") return Matching::all_names;
  return *which == "common" ? Matching::common_names : Matching::same_names;
}

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* with = required(parameters, "with");
  if (!with) return nullptr;
  const auto matching = read_matching(parameters, context);
  const model::Node* flag = parameters.find("distinct");
  const auto distinct = flag ? read_boolean(*flag, context) : false;
  const auto inputs = inputs_with(input, *with, context);
  if (!matching || !distinct || inputs.empty()) return nullptr;
  const auto kind = *distinct ? ir::SetOperation::Kind::union_distinct : ir::SetOperation::Kind::union_all;
  return combine(kind, align(inputs, *matching, with->where, context));
}

}  // namespace

ComponentSpec union_component() {
  return {.parameters = {"union",
                         "Appends the rows of other steps or sources. Columns are matched by name and take the common type; every row is "
                         "kept unless `distinct: true`.",
                         kKeys},
          .shorthand = model::Shape::names,
          .example = "union: [arrivals, diverted]",
          .build = build};
}

}  // namespace penstock::components
