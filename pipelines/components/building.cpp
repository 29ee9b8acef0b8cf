#include "pipelines/components/building.h"

#include <set>
#include <utility>

#include "pipelines/ir/rewrite.h"

namespace penstock::components {
namespace {

class ColumnMapper final : public ir::Rewriter {
 public:
  explicit ColumnMapper(const std::function<int(int)>& map) : map_(map) {}

 protected:
  ir::ExpressionPtr replace_expression(const ir::ExpressionPtr& expression) override {
    const auto* read = std::get_if<ir::ColumnRef>(&expression->node);
    if (!read || read->depth != depth_) return nullptr;
    return ir::column_for(*expression, map_(read->column), depth_);
  }
  void enter_subquery() override { ++depth_; }
  void leave_subquery() override { --depth_; }

 private:
  const std::function<int(int)>& map_;
  int depth_ = 0;
};

}  // namespace

ir::ExpressionPtr fitted_call(ir::Function function, std::vector<ir::ExpressionPtr> arguments) {
  std::vector<ir::Type> types;
  types.reserve(arguments.size());
  for (const auto& argument : arguments) types.push_back(argument->type);
  return ir::resolve(function, types) ? ir::call(function, std::move(arguments)) : nullptr;
}

std::vector<ir::NamedExpression> all_columns(const ir::Relation& relation) {
  std::vector<ir::NamedExpression> columns;
  columns.reserve(relation.columns.size());
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    columns.push_back({relation.columns[i].name, ir::column_of(relation, static_cast<int>(i))});
  }
  return columns;
}

std::vector<ir::NamedExpression> columns_at(const ir::Relation& relation, const std::vector<int>& indices) {
  std::vector<ir::NamedExpression> columns;
  columns.reserve(indices.size());
  for (const int index : indices) {
    columns.push_back({relation.columns[static_cast<std::size_t>(index)].name, ir::column_of(relation, index)});
  }
  return columns;
}

ir::ExpressionPtr map_columns(const ir::ExpressionPtr& expression, const std::function<int(int)>& map) {
  return ColumnMapper(map).rewrite(expression);
}

std::vector<int> columns_read(const ir::Expression& expression) {
  std::set<int> read;
  const std::function<int(int)> note = [&read](int column) {
    read.insert(column);
    return column;
  };
  // A rewrite that changes nothing is the walk that knows how deep it is.
  ColumnMapper(note).rewrite(std::make_shared<const ir::Expression>(expression));
  return {read.begin(), read.end()};
}

ir::RelationPtr numbered(const ir::RelationPtr& input, ir::Function function, const std::vector<int>& partition_by,
                         std::vector<ir::SortKey> order_by, Identifier name) {
  ir::WindowCall call;
  call.function = function;
  for (const int index : partition_by) call.partition_by.push_back(ir::column_of(*input, index));
  call.order_by = std::move(order_by);
  call.type = ir::Type::of(ir::TypeKind::int64);
  call.nullable = false;
  return ir::window(input, {{std::move(name), std::move(call)}});
}

ir::Aggregate::NamedCall count_of_rows(Identifier name) {
  ir::AggregateCall call;
  call.function = ir::Function::count_rows;
  call.type = ir::Type::of(ir::TypeKind::int64);
  call.nullable = false;
  return {std::move(name), std::move(call)};
}

Identifier unused_name(const ir::Columns& columns, const std::string& wanted) {
  const auto is_used = [&columns](const Identifier& name) {
    for (const ir::Column& column : columns) {
      if (column.name == name) return true;
    }
    return false;
  };
  Identifier name = Identifier::exact(wanted);
  for (int number = 2; is_used(name); ++number) name = Identifier::exact(wanted + "_" + std::to_string(number));
  return name;
}

}  // namespace penstock::components
