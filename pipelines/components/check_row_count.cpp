#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "min", .shape = model::Shape::integer, .doc = "At least so many rows.", .example = "100"},
    {.name = "max", .shape = model::Shape::integer, .doc = "At most so many rows.", .example = "100000"},
};

ir::RelationPtr failing_rows(const Input& staged, const model::Node& parameters, Context& context) {
  const model::Node* min = parameters.find("min");
  const model::Node* max = parameters.find("max");
  if (!min && !max) {
    context.diagnostics.error(Code::invalid_check, parameters.where, "\"row_count\" needs \"min\", \"max\" or both", {},
                              "row_count: {min: 1} says that the step gives rows");
    return nullptr;
  }
  const auto least = min ? read_count(*min, context) : std::int64_t{0};
  const auto most = max ? read_count(*max, context) : std::int64_t{0};
  if (!least || !most) return nullptr;
  if (min && max && *least > *most) {
    context.diagnostics.error(Code::invalid_check, max->where, "\"max\" is less than \"min\", so no number of rows would do");
    return nullptr;
  }
  const ir::RelationPtr counted = ir::aggregate(staged.relation, {}, {count_of_rows(Identifier::exact("row_count"))});
  const ir::ExpressionPtr count = ir::column_of(*counted, 0);
  std::vector<ir::ExpressionPtr> wrong;
  if (min) wrong.push_back(ir::call(ir::Function::less, {count, ir::literal(*least, count->type)}));
  if (max) wrong.push_back(ir::call(ir::Function::greater, {count, ir::literal(*most, count->type)}));
  return ir::filter(counted, ir::any_of(std::move(wrong)));
}

}  // namespace

CheckSpec row_count_check() {
  return {.parameters = {"row_count", "The step gives at least `min` and at most `max` rows. It fails with one row that holds the count.",
                         kKeys},
          .example = "row_count: {min: 100}",
          .failing_rows = failing_rows};
}

}  // namespace penstock::components
