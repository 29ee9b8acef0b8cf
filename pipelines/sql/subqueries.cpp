#include <utility>

#include "pipelines/sql/resolver.h"

namespace penstock::sql {

Operand Resolver::subquery(Part part, const Frame& frame) {
  const std::string_view kind = part.text("subLinkType");
  const std::size_t place = part.location();
  const Part select = part["subselect"]["SelectStmt"];
  if (!select) {
    reporter_.unsupported(place, "only a SELECT can stand in a subquery");
    return {};
  }
  if (kind == "EXISTS_SUBLINK") {
    Query rows = query(select, &frame);
    if (!rows) return {};
    return {std::make_shared<const ir::Expression>(ir::Expression{
                ir::Subquery{ir::Subquery::Kind::exists, std::move(rows.relation), nullptr}, ir::Type::of(ir::TypeKind::boolean), false}),
            place};
  }
  if (kind == "EXPR_SUBLINK") return column_subquery(ir::Subquery::Kind::scalar, select, frame, place, {});
  const std::string_view name = part["operName"].first()["String"].text("sval");
  if (kind == "ANY_SUBLINK" && (name.empty() || name == "=")) {
    if (part["testexpr"].tag() == "RowExpr") {
      reporter_.unsupported(place, "IN over several columns is not portable",
                            "write exists (select 1 from t where t.a = x.a and t.b = x.b)");
      return {};
    }
    Operand operand = expression(part["testexpr"], frame);
    return operand ? column_subquery(ir::Subquery::Kind::in, select, frame, place, std::move(operand)) : Operand{};
  }
  if (kind == "ARRAY_SUBLINK") {
    reporter_.unsupported(place, "ARRAY(SELECT ...) is not portable", "use array_agg(x order by x)");
  } else {
    reporter_.unsupported(place, "ANY and ALL with a subquery are not portable",
                          "compare with min() or max() of the subquery, or use EXISTS");
  }
  return {};
}

Operand Resolver::column_subquery(ir::Subquery::Kind kind, Part select, const Frame& frame, std::size_t place, Operand operand) {
  Query rows = settled(query(select, &frame));
  if (!rows) return {};
  if (rows.relation->columns.size() != 1) {
    reporter_.error(place, Code::column_count_mismatch,
                    "this subquery must give one column and gives " + std::to_string(rows.relation->columns.size()));
    return {};
  }
  const ir::Column& column = rows.relation->columns.front();
  if (kind == ir::Subquery::Kind::scalar) {
    const ir::Type type = column.type;
    return {std::make_shared<const ir::Expression>(ir::Expression{ir::Subquery{kind, std::move(rows.relation), nullptr}, type, true}),
            place};
  }
  const auto common = common_type(operand.expression->type, column.type);
  if (!common) {
    reporter_.error(place, Code::type_mismatch, "cannot compare " + to_string(operand.expression->type) + " with " + to_string(column.type),
                    {}, "cast one side: cast(x as type)");
    return {};
  }
  const bool numbers = operand.expression->type.is_exact_number() && column.type.is_exact_number();
  const bool texts = operand.expression->type.is_text() && column.type.is_text();
  const bool nullable = operand.expression->nullable || column.nullable;
  if (!numbers && !texts) {
    operand.expression = coerced(std::move(operand.expression), *common, operand.place);
    if (!operand.expression) return {};
    rows = coerced(std::move(rows), {{column.name, common->is_unknown() ? column.type : *common, column.nullable}});
  }
  return {std::make_shared<const ir::Expression>(ir::Expression{ir::Subquery{kind, std::move(rows.relation), std::move(operand.expression)},
                                                                ir::Type::of(ir::TypeKind::boolean), nullable}),
          place};
}

}  // namespace penstock::sql
