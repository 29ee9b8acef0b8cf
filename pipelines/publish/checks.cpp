#include <utility>

#include "pipelines/publish/layout.h"

namespace penstock::publish {
namespace {

using ir::Function;
using Mode = model::Publish::Mode;

ir::Aggregate::NamedCall count_of_rows(const char* name) {
  ir::AggregateCall call;
  call.function = Function::count_rows;
  call.type = ir::Type::of(ir::TypeKind::int64);
  call.nullable = false;
  return {Identifier::exact(name), std::move(call)};
}

CompiledCheck check(const StepInput& input, const char* name, ir::RelationPtr failing) {
  CompiledCheck made;
  made.name = name;
  made.kind = "publish";
  made.failing = std::move(failing);
  made.where = input.publish->where;
  return made;
}

// The keys that several staged rows share; NULLs count as equal, as they do in the match.
ir::RelationPtr repeated_keys(const ir::RelationPtr& staged, const std::vector<int>& key) {
  std::vector<ir::NamedExpression> keys;
  for (const int place : key) keys.push_back({staged->columns[static_cast<std::size_t>(place)].name, ir::column_of(*staged, place)});
  const int count = static_cast<int>(keys.size());
  const ir::RelationPtr counted = ir::aggregate(staged, std::move(keys), {count_of_rows("penstock_rows")});
  const ir::ExpressionPtr one = ir::literal(std::int64_t{1}, counted->columns.back().type);
  return ir::filter(counted, ir::call(Function::greater, {ir::column_of(*counted, count), one}));
}

ir::RelationPtr outside(const ir::RelationPtr& staged, const Range& range) {
  const ir::ExpressionPtr value = ir::column_of(*staged, range.column);
  return ir::filter(staged, ir::any_of({ir::call(Function::is_null, {value}), ir::call(Function::less, {value, range.start}),
                                        ir::call(Function::greater_equal, {value, range.end})}));
}

}  // namespace

Result<std::vector<CompiledCheck>> mode_checks(const StepInput& input) {
  std::vector<CompiledCheck> checks;
  const Mode mode = input.publish->mode;
  const ir::RelationPtr staged = ir::scan(input.target, input.columns);
  if (mode == Mode::merge || mode == Mode::scd2) {
    auto key = key_places(input, input.columns);
    if (!key) return Failure(key.error());
    if (mode == Mode::scd2 && input.publish->effective_at) {
      const auto since = ir::find_column(input.columns, input.publish->effective_at->value);
      if (!since) {
        return invalid(input, "the column \"" + input.publish->effective_at->value.text() + "\" of effective_at is not among its columns");
      }
      key->push_back(*since);
      checks.push_back(
          check(input, "effective_at_is_present", ir::filter(staged, ir::call(Function::is_null, {ir::column_of(*staged, *since)}))));
    }
    checks.push_back(check(input, "one_row_per_key", repeated_keys(staged, *key)));
  }
  if (mode == Mode::delete_insert && input.publish->interval) {
    const auto range = interval_range(input, input.columns);
    if (!range) return Failure(range.error());
    checks.push_back(check(input, "rows_inside_interval", outside(staged, *range)));
  }
  return checks;
}

ir::SelectStatement check_query(const StepPlan& plan) {
  std::vector<ir::RelationPtr> counts;
  for (std::size_t i = 0; i < plan.checks.size(); ++i) {
    const ir::RelationPtr failing = ir::replace_table(plan.checks[i].failing, plan.target, plan.staged);
    const ir::RelationPtr counted = ir::aggregate(failing, {}, {count_of_rows("failing_rows")});
    counts.push_back(ir::project(counted, {{Identifier::exact("check_number"), ir::integer(static_cast<std::int64_t>(i))},
                                           {Identifier::exact("failing_rows"), ir::column_of(*counted, 0)}}));
  }
  if (counts.size() == 1) return {counts.front()};
  ir::Columns columns = counts.front()->columns;
  return {ir::set_operation(ir::SetOperation::Kind::union_all, std::move(counts), std::move(columns))};
}

}  // namespace penstock::publish
