#include "pipelines/ir/equal.h"

#include <algorithm>

namespace penstock::ir {
namespace {

bool both_equal(const ExpressionPtr& left, const ExpressionPtr& right, int depth) {
  if (!left || !right) return !left && !right;
  return is_equal(*left, *right, depth);
}

bool all_equal(const std::vector<ExpressionPtr>& left, const std::vector<ExpressionPtr>& right, int depth) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [depth](const ExpressionPtr& one, const ExpressionPtr& other) { return both_equal(one, other, depth); });
}

struct Comparer {
  const Expression& right;
  int depth;

  template <typename Node>
  const Node& other() const {
    return std::get<Node>(right.node);
  }

  bool operator()(const Literal& left) const { return left.value == other<Literal>().value; }
  bool operator()(const ColumnRef& left) const {
    return left.column == other<ColumnRef>().column && left.depth == other<ColumnRef>().depth + depth;
  }
  bool operator()(const ParameterRef& left) const { return left.name == other<ParameterRef>().name; }
  bool operator()(const Call& left) const {
    return left.function == other<Call>().function && all_equal(left.arguments, other<Call>().arguments, depth);
  }
  bool operator()(const Cast& left) const { return both_equal(left.operand, other<Cast>().operand, depth); }
  bool operator()(const Case& left) const {
    const auto& branches = other<Case>().branches;
    return both_equal(left.otherwise, other<Case>().otherwise, depth) &&
           std::equal(left.branches.begin(), left.branches.end(), branches.begin(), branches.end(),
                      [this](const Case::Branch& one, const Case::Branch& two) {
                        return both_equal(one.condition, two.condition, depth) && both_equal(one.result, two.result, depth);
                      });
  }
  bool operator()(const InList& left) const {
    return both_equal(left.operand, other<InList>().operand, depth) && all_equal(left.options, other<InList>().options, depth);
  }
  bool operator()(const Subquery& left) const {
    const auto& subquery = other<Subquery>();
    return left.kind == subquery.kind && left.relation == subquery.relation && both_equal(left.operand, subquery.operand, depth);
  }
};

}  // namespace

bool is_equal(const Expression& left, const Expression& right, int depth) {
  if (&left == &right && depth == 0) return true;
  if (left.node.index() != right.node.index() || left.type != right.type) return false;
  return std::visit(Comparer{right, depth}, left.node);
}

bool is_equal(const AggregateCall& left, const AggregateCall& right) {
  const auto same_key = [](const SortKey& one, const SortKey& other) {
    return one.descending == other.descending && one.nulls_first == other.nulls_first && both_equal(one.expression, other.expression, 0);
  };
  return left.function == right.function && left.distinct == right.distinct && all_equal(left.arguments, right.arguments, 0) &&
         both_equal(left.filter, right.filter, 0) &&
         std::equal(left.order_by.begin(), left.order_by.end(), right.order_by.begin(), right.order_by.end(), same_key);
}

}  // namespace penstock::ir
