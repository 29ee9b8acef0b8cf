#include <utility>

#include "pipelines/sql/resolver.h"

namespace penstock::sql {
namespace {

using ir::Function;
using ir::TypeKind;

class ReadsScope final : public ir::Walker {
 public:
  bool outer = false;
  bool own = false;

 protected:
  void enter_expression(const ir::Expression& expression) override {
    if (const auto* read = std::get_if<ir::ColumnRef>(&expression.node)) (read->depth > 0 ? outer : own) = true;
  }
};

bool is_null(const ir::Expression& expression) {
  const auto* constant = std::get_if<ir::Literal>(&expression.node);
  return constant && std::holds_alternative<std::monostate>(constant->value);
}

bool is_given(const ir::Expression& expression) {
  ReadsScope reads;
  reads.walk(expression);
  return !reads.outer && !reads.own && !is_null(expression);
}

}  // namespace

bool Resolver::may_aggregate(std::string_view name, const Frame& frame, std::size_t place) {
  if (frame.aggregates && frame.calls) return true;
  std::string message =
      "the aggregate " + std::string(name) + "() cannot stand in " + std::string(frame.inside.empty() ? frame.clause : frame.inside);
  std::string help;
  if (!frame.inside.empty()) {
    help = "compute the inner one in a subquery";
  } else if (frame.clause == "WHERE") {
    help = "filter groups with HAVING";
  }
  reporter_.error(place, Code::misplaced_aggregate, std::move(message), {}, std::move(help));
  return false;
}

Operand Resolver::aggregate_call(const ir::Resolution& resolution, std::vector<Operand> operands, Part part, const Frame& frame) {
  const std::size_t place = part.location();
  const std::string_view name = ir::spec(resolution.function).name;
  ReadsScope reads;
  for (const Operand& operand : operands) {
    reads.walk(*operand.expression);
  }
  if (reads.outer && !reads.own) {
    reporter_.unsupported(place, "an aggregate of columns of the query around is not supported", "compute it in the query around");
    return {};
  }
  ir::AggregateCall call;
  call.function = resolution.function;
  call.distinct = part.flag("agg_distinct");
  call.type = resolution.result;
  call.nullable = !resolution.never_null;
  call.place = reporter_.mark(place);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    call.arguments.push_back(coerced(std::move(operands[i].expression), resolution.argument_types[i], operands[i].place));
    if (!call.arguments.back()) return {};
  }
  if (call.function == Function::percentile_cont && !is_given(*call.arguments.front())) {
    reporter_.unsupported(place, "the fraction of percentile_cont must be a constant",
                          "write percentile_cont(0.5) within group (order by x)");
    return {};
  }
  // PostgreSQL puts nothing between the texts then.
  if (call.function == Function::string_agg && is_null(*call.arguments.back())) call.arguments.back() = ir::text("");
  Frame inside = frame;
  inside.inside = "an aggregate";
  inside.aggregates = false;
  inside.windows = false;
  if (part["agg_filter"]) {
    call.filter = condition(part["agg_filter"], inside, "FILTER");
    if (!call.filter) return {};
  }
  if (part.flag("agg_within_group")) {
    const bool percentile = call.function == Function::percentile_cont;
    if (!percentile || part["agg_order"].first()["SortBy"].text("sortby_dir") == "SORTBY_DESC") {
      reporter_.unsupported(place,
                            percentile ? "percentile_cont takes its values in ascending order" : "WITHIN GROUP is for percentile_cont only",
                            percentile ? "write percentile_cont(1 - fraction)" : "");
      return {};
    }
  } else if (part["agg_order"]) {
    auto keys = sort_keys(part["agg_order"], inside);
    if (!keys) return {};
    if (call.function == Function::string_agg || call.function == Function::array_agg) call.order_by = std::move(*keys);
  } else if (call.function == Function::percentile_cont) {
    reporter_.error(place, Code::type_mismatch, "percentile_cont needs WITHIN GROUP", {},
                    "write percentile_cont(0.5) within group (order by x)");
    return {};
  } else if (call.function == Function::string_agg || call.function == Function::array_agg) {
    reporter_.warning(place, Code::nondeterministic_order, std::string(name) + "() without ORDER BY gives another order each time", {},
                      "write " + std::string(name) + "(x, ',' order by x)");
  }
  return {frame.calls->add(std::move(call)), place};
}

Operand Resolver::grouping(Part part, const Frame& frame) {
  const std::size_t place = part.location();
  if (!may_aggregate("grouping", frame, place)) return {};
  if (!frame.groupings) {
    reporter_.unsupported(place, "GROUPING() stands only in a SELECT with GROUP BY", "leave it out");
    return {};
  }
  Frame inner = frame;
  inner.inside = "GROUPING";
  inner.aggregates = false;
  inner.windows = false;
  auto operands = expressions(part["args"], inner);
  if (!operands) return {};
  GroupingCall call;
  call.place = place;
  for (Operand& operand : *operands) call.keys.push_back(settled(std::move(operand.expression)));
  return {frame.calls->add(std::move(call)), place};
}

std::optional<std::vector<ir::SortKey>> Resolver::sort_keys(Part list, const Frame& frame) {
  std::vector<ir::SortKey> keys;
  for (const Part wrapped : list) {
    const Part sort_by = wrapped["SortBy"];
    auto key = sort_key(sort_by, expression(sort_by["node"], frame));
    if (!key) return std::nullopt;
    keys.push_back(std::move(*key));
  }
  return keys;
}

std::optional<ir::SortKey> Resolver::sort_key(Part sort_by, Operand operand) {
  if (!operand) return std::nullopt;
  const std::string_view direction = sort_by.text("sortby_dir");
  const std::string_view nulls = sort_by.text("sortby_nulls");
  if (direction == "SORTBY_USING") {
    reporter_.unsupported(operand.place, "ORDER BY ... USING is not portable", "write asc or desc");
    return std::nullopt;
  }
  if (operand.expression->type.kind == TypeKind::json) {
    reporter_.error(operand.place, Code::type_mismatch, "json has no order");
    return std::nullopt;
  }
  const bool descending = direction == "SORTBY_DESC";
  const bool nulls_first = nulls == "SORTBY_NULLS_DEFAULT" ? descending : nulls == "SORTBY_NULLS_FIRST";
  return ir::SortKey{settled(std::move(operand.expression)), descending, nulls_first};
}

}  // namespace penstock::sql
