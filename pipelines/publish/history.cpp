#include <algorithm>
#include <array>
#include <utility>

#include "pipelines/publish/layout.h"

namespace penstock::publish {
namespace {

using ir::Function;

constexpr std::array kVersionColumns{"valid_from", "valid_to", "is_current"};

/// Where things stand in the rows that the history is made from: the query's columns, then `since` and `priority`.
struct Places {
  std::vector<int> key;
  std::vector<int> tracked;
  int since = 0;
  int priority = 0;
};

ir::SortKey ascending(ir::ExpressionPtr expression) { return {std::move(expression), false, false}; }

ir::ExpressionPtr number(std::int64_t value) { return ir::literal(value, ir::Type::of(ir::TypeKind::int64)); }

// A window call over the versions of one key, in the order of time.
ir::WindowCall over_versions(const ir::Relation& rows, const Places& places, Function function, std::vector<ir::ExpressionPtr> arguments,
                             ir::Type type) {
  ir::WindowCall call;
  call.function = function;
  call.arguments = std::move(arguments);
  for (const int place : places.key) call.partition_by.push_back(ir::column_of(rows, place));
  call.order_by.push_back(ascending(ir::column_of(rows, places.since)));
  call.type = std::move(type);
  call.nullable = function != Function::row_number;
  return call;
}

std::vector<ir::NamedExpression> first_columns(const ir::Relation& rows, int count) {
  std::vector<ir::NamedExpression> columns;
  for (int i = 0; i < count; ++i) columns.push_back({rows.columns[static_cast<std::size_t>(i)].name, ir::column_of(rows, i)});
  return columns;
}

// The staged rows, each with the moment from when it holds. They win over what is published for the same moment.
ir::RelationPtr incoming(const StepInput& input, const Rows& staged, const ir::ExpressionPtr& since) {
  std::vector<ir::NamedExpression> columns = first_columns(*staged.rows, static_cast<int>(input.columns.size()));
  columns.push_back({Identifier::exact("penstock_since"), since});
  columns.push_back({Identifier::exact("penstock_priority"), ir::integer(1)});
  return ir::project(staged.rows, std::move(columns));
}

// The published versions of the keys that came.
ir::RelationPtr published(const StepInput& input, const Rows& staged, const Places& places, const ir::Columns& wanted) {
  ir::Columns has;
  for (const ir::Column& column : wanted) {
    const auto place = ir::find_column(input.facts.columns, column.name);
    if (input.facts.kind == TargetFacts::Kind::absent) {
      has.push_back(column);
    } else if (place) {
      const ir::Column& had = input.facts.columns[static_cast<std::size_t>(*place)];
      has.push_back({column.name, had.type.is_unknown() ? column.type : had.type, true});
    }
  }
  const Rows table = rows_of(input.target, has, wanted, "published");
  std::vector<ir::NamedExpression> key_columns;
  for (const int place : places.key) {
    key_columns.push_back({wanted[static_cast<std::size_t>(place)].name, ir::column_of(*staged.rows, place)});
  }
  const ir::RelationPtr keys = ir::distinct(ir::project(staged.rows, std::move(key_columns)));
  std::vector<ir::ExpressionPtr> equal;
  for (std::size_t k = 0; k < places.key.size(); ++k) {
    const ir::Column& column = keys->columns[k];
    equal.push_back(keys_equal(ir::column_of(*table.rows, places.key[k]),
                               ir::column(static_cast<int>(wanted.size() + k), column.type, column.nullable),
                               is_never_null(input, column.name)));
  }
  const ir::RelationPtr affected = ir::join(ir::Join::Kind::semi, table.rows, keys, ir::all_of(std::move(equal)));
  std::vector<ir::NamedExpression> columns = first_columns(*affected, static_cast<int>(input.columns.size()));
  columns.push_back({Identifier::exact("penstock_since"), ir::column_of(*affected, static_cast<int>(input.columns.size()))});
  columns.push_back({Identifier::exact("penstock_priority"), ir::integer(0)});
  return ir::project(affected, std::move(columns));
}

ir::RelationPtr both(const ir::RelationPtr& old_rows, const ir::RelationPtr& new_rows) {
  ir::Columns columns = new_rows->columns;
  for (ir::Column& column : columns.edit()) column.nullable = true;
  return ir::set_operation(ir::SetOperation::Kind::union_all, {old_rows, new_rows}, std::move(columns));
}

// One row per key and moment: the one with the highest priority.
ir::RelationPtr one_per_moment(const ir::RelationPtr& rows, const Places& places) {
  ir::WindowCall call;
  call.function = Function::row_number;
  for (const int place : places.key) call.partition_by.push_back(ir::column_of(*rows, place));
  call.partition_by.push_back(ir::column_of(*rows, places.since));
  call.order_by.push_back({ir::column_of(*rows, places.priority), true, false});
  call.type = ir::Type::of(ir::TypeKind::int64);
  call.nullable = false;
  const int count = static_cast<int>(rows->columns.size());
  const ir::RelationPtr counted = ir::window(rows, {{Identifier::exact("penstock_place"), std::move(call)}});
  const ir::RelationPtr firsts = ir::filter(counted, ir::call(Function::equal, {ir::column_of(*counted, count), number(1)}));
  return ir::project(firsts, first_columns(*firsts, count - 1));
}

// Rows that say again what the version before them says make no version.
ir::RelationPtr without_repeats(const ir::RelationPtr& rows, const Places& places) {
  const int count = static_cast<int>(rows->columns.size());
  std::vector<ir::Window::NamedCall> calls;
  calls.push_back(
      {Identifier::exact("penstock_version"), over_versions(*rows, places, Function::row_number, {}, ir::Type::of(ir::TypeKind::int64))});
  for (std::size_t i = 0; i < places.tracked.size(); ++i) {
    const ir::ExpressionPtr value = ir::column_of(*rows, places.tracked[i]);
    calls.push_back(
        {Identifier::exact("penstock_before_" + std::to_string(i + 1)), over_versions(*rows, places, Function::lag, {value}, value->type)});
  }
  const ir::RelationPtr compared = ir::window(rows, std::move(calls));
  std::vector<ir::ExpressionPtr> differs{ir::call(Function::equal, {ir::column_of(*compared, count), number(1)})};
  for (std::size_t i = 0; i < places.tracked.size(); ++i) {
    differs.push_back(ir::call(Function::is_distinct_from,
                               {ir::column_of(*compared, places.tracked[i]), ir::column_of(*compared, count + 1 + static_cast<int>(i))}));
  }
  const ir::RelationPtr kept = ir::filter(compared, ir::any_of(std::move(differs)));
  return ir::project(kept, first_columns(*kept, count));
}

ir::RelationPtr with_validity(const ir::RelationPtr& rows, const Places& places) {
  const ir::ExpressionPtr since = ir::column_of(*rows, places.since);
  const int count = static_cast<int>(rows->columns.size());
  const ir::RelationPtr ended =
      ir::window(rows, {{Identifier::exact(kVersionColumns[1]), over_versions(*rows, places, Function::lead, {since}, since->type)}});
  std::vector<ir::NamedExpression> columns = first_columns(*ended, places.since);
  const ir::ExpressionPtr until = ir::column_of(*ended, count);
  columns.push_back({Identifier::exact(kVersionColumns[0]), ir::column_of(*ended, places.since)});
  columns.push_back({Identifier::exact(kVersionColumns[1]), until});
  columns.push_back({Identifier::exact(kVersionColumns[2]), ir::call(Function::is_null, {until})});
  return ir::project(ended, std::move(columns));
}

bool is_in(const std::vector<int>& places, int place) { return std::find(places.begin(), places.end(), place) != places.end(); }

Result<Places> find_places(const StepInput& input) {
  Places places;
  auto key = key_places(input, input.columns);
  if (!key) return Failure(key.error());
  places.key = *std::move(key);
  const model::Publish& publish = *input.publish;
  const auto since = publish.effective_at ? ir::find_column(input.columns, publish.effective_at->value) : std::nullopt;
  for (const auto& tracked : publish.tracked) {
    const auto place = ir::find_column(input.columns, tracked.value);
    if (!place) return invalid(input, "the tracked column \"" + tracked.value.text() + "\" is not among its columns");
    places.tracked.push_back(*place);
  }
  for (int i = 0; publish.tracked.empty() && i < static_cast<int>(input.columns.size()); ++i) {
    if (!is_in(places.key, i) && since != i) places.tracked.push_back(i);
  }
  places.since = static_cast<int>(input.columns.size());
  places.priority = places.since + 1;
  return places;
}

Result<ir::ExpressionPtr> since_when(const StepInput& input, const Rows& staged) {
  if (input.publish->effective_at) {
    const auto place = ir::find_column(input.columns, input.publish->effective_at->value);
    return ir::column_of(*staged.rows, *place);
  }
  const std::optional<ir::TimestampValue>& moment = input.interval_start ? input.interval_start : input.run_started_at;
  if (moment) return ir::literal(*moment, ir::Type::of(ir::TypeKind::timestamp));
  return invalid(input, "scd2 has to know from when a row holds", "name a column: effective_at: updated_at");
}

}  // namespace

ir::Columns published_columns(const model::Publish& publish, const ir::Columns& query) {
  ir::Columns columns = query;
  if (publish.mode != model::Publish::Mode::scd2) return columns;
  ir::Type since = ir::Type::of(ir::TypeKind::timestamp);
  if (publish.effective_at) {
    const auto place = ir::find_column(query, publish.effective_at->value);
    since = place ? query[static_cast<std::size_t>(*place)].type : ir::Type::of(ir::TypeKind::unknown);
  }
  columns.push_back({Identifier::exact(kVersionColumns[0]), since, false});
  columns.push_back({Identifier::exact(kVersionColumns[1]), since, true});
  columns.push_back({Identifier::exact(kVersionColumns[2]), ir::Type::of(ir::TypeKind::boolean), false});
  return columns;
}

Result<ir::RelationPtr> rebuilt_history(const StepInput& input, const TableName& staged, const ir::Columns& wanted, bool reads_target) {
  auto places = find_places(input);
  if (!places) return Failure(places.error());
  const ir::Columns query(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(input.columns.size()));
  const Rows batch = rows_of(staged, input.columns, query);
  const auto since = since_when(input, batch);
  if (!since) return Failure(since.error());
  ir::RelationPtr rows = incoming(input, batch, *since);
  if (reads_target) rows = both(published(input, batch, *places, wanted), rows);
  return with_validity(without_repeats(one_per_moment(rows, *places), *places), *places);
}

}  // namespace penstock::publish
