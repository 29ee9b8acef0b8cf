#include <algorithm>
#include <string>

#include "pipelines/base/suggest.h"
#include "pipelines/publish/layout.h"

namespace penstock::publish {
namespace {

using ir::Function;
using ir::TypeKind;

constexpr std::int64_t kDayInMicroseconds = 86'400'000'000;

std::vector<std::string> names_of(const ir::Columns& columns) {
  std::vector<std::string> names;
  for (const ir::Column& column : columns) names.push_back(column.name.text());
  return names;
}

// A value of the type that stands in for NULL beside the flag that tells it from the real one.
ir::ExpressionPtr stand_in(const ir::Type& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return ir::literal(false, type);
    case TypeKind::int16:
    case TypeKind::int32:
    case TypeKind::int64:
      return ir::literal(std::int64_t{0}, type);
    case TypeKind::decimal:
      return ir::literal(ir::DecimalText{"0"}, type);
    case TypeKind::float32:
    case TypeKind::float64:
      return ir::literal(0.0, type);
    case TypeKind::text:
    case TypeKind::varchar:
      return ir::literal(std::string(), type);
    case TypeKind::uuid:
      return ir::literal(std::string("00000000-0000-0000-0000-000000000000"), type);
    case TypeKind::date:
      return ir::literal(ir::DateValue{}, type);
    case TypeKind::time:
      return ir::literal(ir::TimeValue{}, type);
    case TypeKind::timestamp:
    case TypeKind::timestamptz:
      return ir::literal(ir::TimestampValue{}, type);
    default:
      return nullptr;
  }
}

ir::ExpressionPtr null_flag(const ir::ExpressionPtr& value) {
  ir::Case flag{{{ir::call(Function::is_null, {value}), ir::integer(1)}}, ir::integer(0)};
  return std::make_shared<const ir::Expression>(ir::Expression{std::move(flag), ir::Type::of(TypeKind::int32), false});
}

bool tests_for_null(const ir::Expression& predicate, int column) {
  const auto* call = std::get_if<ir::Call>(&predicate.node);
  if (!call) return false;
  if (call->function == Function::logical_or) {
    return std::any_of(call->arguments.begin(), call->arguments.end(),
                       [column](const ir::ExpressionPtr& argument) { return tests_for_null(*argument, column); });
  }
  if (call->function != Function::is_null) return false;
  const auto* read = std::get_if<ir::ColumnRef>(&call->arguments[0]->node);
  return read && read->depth == 0 && read->column == column;
}

bool forbids_null(const CompiledCheck& check, const StepInput& input, const Identifier& column) {
  if (check.severity != model::Check::Severity::error || !check.failing) return false;
  const auto* filter = std::get_if<ir::Filter>(&check.failing->node);
  const auto* scan = filter ? std::get_if<ir::Scan>(&filter->input->node) : nullptr;
  if (!scan || scan->table != input.target) return false;
  const auto place = ir::find_column(scan->columns, column);
  return place && tests_for_null(*filter->predicate, *place);
}

ir::ExpressionPtr bound(const ir::Type& type, const ir::TimestampValue& wall, const std::optional<ir::TimestampValue>& utc) {
  if (type.kind == TypeKind::timestamptz) return utc ? ir::literal(*utc, type) : nullptr;
  if (type.kind == TypeKind::date) {
    std::int64_t days = wall.microseconds / kDayInMicroseconds;
    if (wall.microseconds % kDayInMicroseconds < 0) --days;
    return ir::literal(ir::DateValue{static_cast<std::int32_t>(days)}, type);
  }
  if (type.kind == TypeKind::timestamp || type.is_unknown()) return ir::literal(wall, ir::Type::of(TypeKind::timestamp));
  return nullptr;
}

}  // namespace

Failure invalid(const StepInput& input, const std::string& message, std::string hint) {
  return fail(ErrorKind::invalid_input, "step \"" + input.step + "\": " + message, std::move(hint));
}

Rows rows_of(const TableName& table, const ir::Columns& has, const ir::Columns& wanted, const char* alias) {
  return rows_of(ir::scan(table, has, Identifier::exact(alias)), wanted);
}

Rows rows_of(const ir::RelationPtr& source, const ir::Columns& wanted) {
  const ir::Columns& has = source->columns;
  std::vector<ir::NamedExpression> columns;
  bool changed = has.size() != wanted.size();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto place = ir::find_column(has, wanted[i].name);
    ir::ExpressionPtr value = place ? ir::column_of(*source, *place) : ir::null_literal(wanted[i].type);
    changed = changed || place != static_cast<int>(i);
    if (!wanted[i].type.is_unknown() && !value->type.is_unknown() && !(value->type == wanted[i].type)) {
      value = ir::cast(std::move(value), wanted[i].type);
      changed = true;
    }
    columns.push_back({wanted[i].name, std::move(value)});
  }
  return {changed ? ir::project(source, std::move(columns)) : source, wanted};
}

Result<std::vector<int>> key_places(const StepInput& input, const ir::Columns& columns) {
  std::vector<int> places;
  for (const auto& key : input.publish->key) {
    const auto place = ir::find_column(columns, key.value);
    if (!place) {
      return invalid(input, "the key column \"" + key.value.text() + "\" is not among the columns that it gives",
                     did_you_mean(key.value.text(), names_of(columns)));
    }
    places.push_back(*place);
  }
  return places;
}

ir::ExpressionPtr keys_equal(const ir::ExpressionPtr& left, const ir::ExpressionPtr& right, bool right_is_never_null,
                             bool hashes_null_safe) {
  if (right_is_never_null) return ir::call(Function::equal, {left, right});
  const ir::ExpressionPtr value = left->type == right->type && !hashes_null_safe ? stand_in(left->type) : nullptr;
  if (!value) return ir::call(Function::is_not_distinct_from, {left, right});
  return ir::all_of({ir::call(Function::equal, {ir::call(Function::coalesce, {left, value}), ir::call(Function::coalesce, {right, value})}),
                     ir::call(Function::equal, {null_flag(left), null_flag(right)})});
}

bool is_never_null(const StepInput& input, const Identifier& column) {
  const auto place = ir::find_column(input.columns, column);
  if (place && !input.columns[static_cast<std::size_t>(*place)].nullable) return true;
  return std::any_of(input.checks.begin(), input.checks.end(),
                     [&](const CompiledCheck& check) { return forbids_null(check, input, column); });
}

Result<Range> interval_range(const StepInput& input, const ir::Columns& columns) {
  const Identifier& name = input.publish->interval->value;
  const auto place = ir::find_column(columns, name);
  if (!place) {
    return invalid(input, "the interval column \"" + name.text() + "\" is not among the columns that it gives",
                   did_you_mean(name.text(), names_of(columns)));
  }
  if (!input.interval_start || !input.interval_end) {
    return invalid(input, "delete_insert by interval needs a run with an interval", "give the pipeline a schedule, or use `key`");
  }
  const ir::Type& type = columns[static_cast<std::size_t>(*place)].type;
  Range range{*place, bound(type, *input.interval_start, input.interval_start_utc),
              bound(type, *input.interval_end, input.interval_end_utc)};
  if (!range.start || !range.end) {
    return invalid(input, "the interval column \"" + name.text() + "\" is " + ir::to_string(type) + ", which is no point in time",
                   "an interval column is a date, a timestamp or a timestamptz");
  }
  return range;
}

ir::ExpressionPtr is_inside(const Range& range, const ir::ExpressionPtr& value) {
  return ir::all_of({ir::call(Function::greater_equal, {value, range.start}), ir::call(Function::less, {value, range.end})});
}

}  // namespace penstock::publish
