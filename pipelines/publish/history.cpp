#include "pipelines/publish/history.h"

#include <algorithm>
#include <array>
#include <utility>

namespace penstock::publish {
namespace {

using ir::Function;

constexpr std::array kVersionColumns{"valid_from", "valid_to", "is_current"};

/// What becomes of a row of the rebuilt history.
enum Kind : std::int64_t { nothing = 0, version = 1, seen = 2, seen_deleted = 3 };

ir::SortKey ascending(ir::ExpressionPtr expression) { return {std::move(expression), false, false}; }

ir::ExpressionPtr is_number(const ir::ExpressionPtr& value, std::int64_t number) {
  return ir::call(Function::equal, {value, ir::literal(number, value->type)});
}

// A window call over the observations of one key, in the order of time.
ir::WindowCall over_time(const ir::Relation& rows, const Places& places, Function function, std::vector<ir::ExpressionPtr> arguments) {
  ir::WindowCall call;
  call.function = function;
  call.type = arguments.empty() ? ir::Type::of(ir::TypeKind::int64) : arguments[0]->type;
  call.arguments = std::move(arguments);
  for (const int place : places.key) call.partition_by.push_back(ir::column_of(rows, place));
  call.order_by.push_back(ascending(ir::column_of(rows, places.since)));
  return call;
}

// One observation per key and moment: the one with the highest priority.
ir::RelationPtr one_per_moment(const ir::RelationPtr& rows, const Places& places) {
  ir::WindowCall call = over_time(*rows, places, Function::row_number, {});
  call.partition_by.push_back(ir::column_of(*rows, places.since));
  call.order_by = {{ir::column_of(*rows, places.priority), true, false}};
  call.nullable = false;
  const int count = static_cast<int>(rows->columns.size());
  const ir::RelationPtr counted = ir::window(rows, {{Identifier::exact("penstock_place"), std::move(call)}});
  const ir::RelationPtr firsts = ir::filter(counted, is_number(ir::column_of(*counted, count), 1));
  return ir::project(firsts, first_columns(*firsts, count));
}

// Adds a column behind the others: 1 where an observation says other than the one before it. Before the first there is no such key.
ir::RelationPtr with_changes(const ir::RelationPtr& rows, const Places& places) {
  const int count = static_cast<int>(rows->columns.size());
  const ir::ExpressionPtr deleted = ir::column_of(*rows, places.deleted);
  std::vector<ir::Window::NamedCall> calls;
  calls.push_back({Identifier::exact("penstock_deleted_before"), over_time(*rows, places, Function::lag, {deleted})});
  for (std::size_t i = 0; i < places.tracked.size(); ++i) {
    calls.push_back({Identifier::exact("penstock_before_" + std::to_string(i + 1)),
                     over_time(*rows, places, Function::lag, {ir::column_of(*rows, places.tracked[i])})});
  }
  const ir::RelationPtr compared = ir::window(rows, std::move(calls));
  std::vector<ir::ExpressionPtr> differs;
  for (std::size_t i = 0; i < places.tracked.size(); ++i) {
    differs.push_back(ir::call(Function::is_distinct_from,
                               {ir::column_of(*compared, places.tracked[i]), ir::column_of(*compared, count + 1 + static_cast<int>(i))}));
  }
  const ir::ExpressionPtr now = ir::column_of(*compared, places.deleted);
  const ir::ExpressionPtr before = ir::call(Function::coalesce, {ir::column_of(*compared, count), ir::literal(std::int64_t{1}, now->type)});
  std::vector<ir::ExpressionPtr> changes{ir::call(Function::not_equal, {now, before})};
  if (!differs.empty()) changes.push_back(ir::all_of({is_number(now, 0), ir::any_of(std::move(differs))}));
  std::vector<ir::NamedExpression> columns = first_columns(*compared, count);
  columns.push_back({Identifier::exact("penstock_change"), flag(ir::any_of(std::move(changes)))});
  return ir::project(compared, std::move(columns));
}

ir::ExpressionPtr kind_of(const ir::Relation& rows, const Places& places, int change, bool remembers) {
  const auto number = [](Kind kind) { return ir::integer(kind); };
  const ir::ExpressionPtr lives = is_number(ir::column_of(rows, places.deleted), 0);
  const ir::ExpressionPtr changes = is_number(ir::column_of(rows, change), 1);
  ir::Case kind{{{ir::all_of({changes, lives}), number(version)}}, number(nothing)};
  if (remembers) {
    const ir::ExpressionPtr is_new = ir::call(Function::greater, {ir::column_of(rows, places.priority), ir::integer(0)});
    const ir::ExpressionPtr repeats = is_number(ir::column_of(rows, change), 0);
    kind.branches.push_back({ir::all_of({repeats, is_new, lives}), number(seen)});
    kind.branches.push_back({ir::all_of({repeats, is_new}), number(seen_deleted)});
  }
  return std::make_shared<const ir::Expression>(ir::Expression{std::move(kind), ir::integer(0)->type, false});
}

// A version ends at the change that follows it.
ir::RelationPtr with_validity(const ir::RelationPtr& rows, const Places& places, bool remembers) {
  const int change = static_cast<int>(rows->columns.size()) - 1;
  ir::WindowCall next = over_time(*rows, places, Function::lead, {ir::column_of(*rows, places.since)});
  next.partition_by.push_back(ir::column_of(*rows, change));
  const ir::RelationPtr ended = ir::window(rows, {{Identifier::exact(kVersionColumns[1]), std::move(next)}});
  std::vector<ir::NamedExpression> columns = first_columns(*ended, places.since);
  const ir::ExpressionPtr until = ir::column_of(*ended, change + 1);
  columns.push_back({Identifier::exact(kVersionColumns[0]), ir::column_of(*ended, places.since)});
  columns.push_back({Identifier::exact(kVersionColumns[1]), until});
  columns.push_back({Identifier::exact(kVersionColumns[2]), ir::call(Function::is_null, {until})});
  columns.push_back({Identifier::exact(std::string(kHistoryKind)), kind_of(*ended, places, change, remembers)});
  return ir::project(ended, std::move(columns));
}

bool is_in(const std::vector<int>& places, int place) { return std::find(places.begin(), places.end(), place) != places.end(); }

ir::RelationPtr rows_of_kind(const ir::RelationPtr& history, std::vector<Kind> kinds) {
  const ir::ExpressionPtr kind = ir::column_of(*history, static_cast<int>(history->columns.size()) - 1);
  std::vector<ir::ExpressionPtr> any;
  for (const Kind wanted : kinds) any.push_back(is_number(kind, wanted));
  return ir::filter(history, ir::any_of(std::move(any)));
}

}  // namespace

Result<Places> find_places(const StepInput& input) {
  Places places;
  auto key = key_places(input, input.columns);
  if (!key) return Failure(key.error());
  places.key = *std::move(key);
  const model::Publish& publish = *input.publish;
  if (closes_missing(publish) && publish.effective_at) {
    return invalid(input, "\"on_missing: close\" and \"effective_at\" do not go together", "leave out effective_at");
  }
  if (publish.effective_at) places.effective_at = ir::find_column(input.columns, publish.effective_at->value);
  if (publish.deleted_when) {
    places.deleted_when = ir::find_column(input.columns, publish.deleted_when->value);
    if (!places.deleted_when) {
      return invalid(input, "the column \"" + publish.deleted_when->value.text() + "\" of deleted_when is not among its columns");
    }
  }
  for (const auto& tracked : publish.tracked) {
    const auto place = ir::find_column(input.columns, tracked.value);
    if (!place) return invalid(input, "the tracked column \"" + tracked.value.text() + "\" is not among its columns");
    places.tracked.push_back(*place);
  }
  for (int i = 0; i < static_cast<int>(input.columns.size()); ++i) {
    if (is_in(places.key, i) || is_in(places.tracked, i) || places.effective_at == i || places.deleted_when == i) continue;
    (publish.tracked.empty() ? places.tracked : places.untracked).push_back(i);
  }
  places.since = static_cast<int>(input.columns.size());
  places.priority = places.since + 1;
  places.deleted = places.since + 2;
  return places;
}

Result<ir::ExpressionPtr> since_when(const StepInput& input, const Places& places, const Rows& staged) {
  if (places.effective_at) return ir::column_of(*staged.rows, *places.effective_at);
  const std::optional<ir::TimestampValue>& moment = input.interval_start ? input.interval_start : input.run_started_at;
  if (moment) return ir::literal(*moment, ir::Type::of(ir::TypeKind::timestamp));
  return invalid(input, "scd2 has to know from when a row holds", "name a column: effective_at: updated_at");
}

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

Result<ir::RelationPtr> rebuilt_history(const StepInput& input, const TableName& staged, const ir::Columns& wanted, const SeenTable& seen,
                                        bool reads_target) {
  const auto places = find_places(input);
  if (!places) return Failure(places.error());
  const ir::Columns query(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(input.columns.size()));
  const Rows batch = rows_of(staged, input.columns, query);
  auto since = since_when(input, *places, batch);
  if (!since) return Failure(since.error());
  const ir::Type& type = wanted[query.size()].type;
  if (!type.is_unknown() && !(*since)->type.is_unknown() && !((*since)->type == type)) *since = ir::cast(*std::move(since), type);
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
  const Meeting meeting{input, *places, seen, batch, *since, rows_of(input.target, has, wanted, "published")};
  const ir::RelationPtr rows = one_per_moment(observations(meeting, reads_target), *places);
  return with_validity(with_changes(rows, *places), *places, !closes_missing(*input.publish));
}

ir::RelationPtr versions_in(const ir::RelationPtr& history) { return rows_of_kind(history, {version}); }

ir::RelationPtr repeats_in(const ir::RelationPtr& history) { return rows_of_kind(history, {seen, seen_deleted}); }

ir::ExpressionPtr is_deletion(const ir::Relation& history) {
  return is_number(ir::column_of(history, static_cast<int>(history.columns.size()) - 1), seen_deleted);
}

}  // namespace penstock::publish
