#include <algorithm>
#include <utility>

#include "pipelines/publish/history.h"

namespace penstock::publish {
namespace {

using ir::Function;

// Of one moment counts what came now, then what did not come, then the table, and last what was only remembered.
constexpr int kCame = 4;
constexpr int kMissing = 3;
constexpr int kStarted = 2;
constexpr int kEnded = 1;
constexpr int kRemembered = 0;

ir::ExpressionPtr when(ir::ExpressionPtr condition, ir::ExpressionPtr yes, ir::ExpressionPtr no) {
  const ir::Type type = yes->type;
  const bool nullable = yes->nullable || no->nullable;
  ir::Case choice{{{std::move(condition), std::move(yes)}}, std::move(no)};
  return std::make_shared<const ir::Expression>(ir::Expression{std::move(choice), type, nullable});
}

bool is_in(const std::vector<int>& places, int place) { return std::find(places.begin(), places.end(), place) != places.end(); }

/// Makes the kinds of observations.
class Observer {
 public:
  explicit Observer(const Meeting& meeting) : meeting_(meeting), places_(meeting.places) {}

  ir::RelationPtr came() const {
    const ir::RelationPtr& rows = meeting_.staged.rows;
    ir::ExpressionPtr deleted = ir::integer(0);
    if (places_.deleted_when) deleted = flag(ir::call(Function::is_true, {ir::column_of(*rows, *places_.deleted_when)}));
    return observed(rows, first_columns(*rows, places_.since), meeting_.since, ir::integer(kCame), std::move(deleted));
  }

  // Every version begins at a moment, and ends at one: there the key is deleted, unless the next version begins.
  ir::RelationPtr started_and_ended(const ir::RelationPtr& affected) const {
    const ir::RelationPtr sides =
        ir::values({{Identifier::exact("penstock_side"), ir::integer(0)->type, false}}, {{ir::integer(0)}, {ir::integer(1)}});
    const ir::RelationPtr twice = ir::join(ir::Join::Kind::cross, affected, sides, nullptr);
    const auto has_side = [&](const ir::Relation& rows, int side) {
      return ir::call(Function::equal, {ir::column_of(rows, static_cast<int>(affected->columns.size())), ir::integer(side)});
    };
    const ir::RelationPtr rows =
        ir::filter(twice, ir::any_of({has_side(*twice, 0), ir::call(Function::is_not_null, {ir::column_of(*twice, until())})}));
    const ir::ExpressionPtr ends = has_side(*rows, 1);
    return observed(rows, first_columns(*rows, places_.since), when(ends, ir::column_of(*rows, until()), ir::column_of(*rows, from())),
                    when(ends, ir::integer(kEnded), ir::integer(kStarted)), flag(ends));
  }

  // ---- steps whose rows say of their keys alone

  ir::RelationPtr affected_by_key() const {
    const ir::RelationPtr& staged = meeting_.staged.rows;
    return ir::join(ir::Join::Kind::semi, meeting_.published.rows, staged,
                    same_key(*meeting_.published.rows, places_.key, *staged, places_.key));
  }

  // What was seen of a key after a row that came late: the values are those of the version that was in force.
  ir::RelationPtr remembered_by_key() const {
    const SeenTable& seen = meeting_.seen;
    const ir::RelationPtr all = ir::scan(seen.name, seen.columns, Identifier::exact("seen"));
    std::vector<int> seen_key;
    for (int i = 0; i < seen.moment; ++i) seen_key.push_back(i);
    const ir::RelationPtr came = keys_that_came();
    const int offset = static_cast<int>(all->columns.size());
    std::vector<int> came_key = seen_key;
    const ir::ExpressionPtr is_late =
        ir::call(Function::less, {ir::column(offset + seen.moment, came->columns.back().type, true), ir::column_of(*all, seen.moment)});
    const ir::RelationPtr known =
        ir::join(ir::Join::Kind::semi, all, came, ir::all_of({same_key(*all, seen_key, *came, came_key), is_late}));
    const ir::ExpressionPtr is_deleted = ir::column_of(*known, seen.moment + 1);
    const ir::RelationPtr joined =
        ir::join(ir::Join::Kind::left, known, meeting_.published.rows,
                 ir::all_of({ir::call(Function::is_false, {is_deleted}), same_key(*known, seen_key, *meeting_.published.rows, places_.key),
                             covers(offset, ir::column_of(*known, seen.moment))}));
    const ir::RelationPtr rows =
        ir::filter(joined, ir::any_of({ir::call(Function::is_true, {ir::column_of(*joined, seen.moment + 1)}),
                                       ir::call(Function::is_not_null, {ir::column_of(*joined, offset + from())})}));
    return observed(rows, remembered_columns(*rows, offset), ir::column_of(*rows, seen.moment), ir::integer(kRemembered),
                    flag(ir::call(Function::is_true, {ir::column_of(*rows, seen.moment + 1)})));
  }

  // ---- steps that give every key at every run

  // Those that came, and those that were there at the moment and may be missing.
  ir::RelationPtr affected_keys() const {
    const ir::RelationPtr& published = meeting_.published.rows;
    const ir::RelationPtr there = ir::filter(published, covers(0, meeting_.since));
    const ir::RelationPtr came = only_keys(meeting_.staged.rows);
    ir::Columns columns = came->columns;
    for (ir::Column& column : columns.edit()) column.nullable = true;
    return ir::common(Identifier::exact("keys"),
                      ir::set_operation(ir::SetOperation::Kind::union_distinct, {came, only_keys(there)}, std::move(columns)));
  }

  ir::RelationPtr affected_by(const ir::RelationPtr& keys) const {
    const ir::RelationPtr& published = meeting_.published.rows;
    return ir::join(ir::Join::Kind::semi, published, keys, same_key(*published, places_.key, *keys, leading(*keys)));
  }

  ir::RelationPtr missing(const ir::RelationPtr& keys) const {
    return observed(keys, columns_of_keys(*keys), meeting_.since, ir::integer(kMissing), ir::integer(1));
  }

  // At the next moment for which a run has looked, everything is as the table says.
  ir::RelationPtr as_at_next(const ir::RelationPtr& keys) const {
    const SeenTable& seen = meeting_.seen;
    const ir::RelationPtr all = ir::scan(seen.name, seen.columns, Identifier::exact("seen"));
    const ir::RelationPtr later = ir::filter(all, ir::call(Function::greater, {ir::column_of(*all, seen.moment), meeting_.since}));
    ir::AggregateCall first;
    first.function = Function::minimum;
    first.arguments = {ir::column_of(*later, seen.moment)};
    first.type = first.arguments[0]->type;
    const ir::RelationPtr least = ir::aggregate(later, {}, {{Identifier::exact("penstock_next"), std::move(first)}});
    const ir::RelationPtr next = ir::filter(least, ir::call(Function::is_not_null, {ir::column_of(*least, 0)}));
    const ir::RelationPtr pairs = ir::join(ir::Join::Kind::cross, keys, next, nullptr);
    const int moment = static_cast<int>(keys->columns.size());
    const int offset = moment + 1;
    const ir::RelationPtr& published = meeting_.published.rows;
    const ir::RelationPtr rows =
        ir::join(ir::Join::Kind::left, pairs, published,
                 ir::all_of({same_key(*pairs, leading(*keys), *published, places_.key), covers(offset, ir::column_of(*pairs, moment))}));
    std::vector<ir::NamedExpression> columns;
    for (int i = 0; i < places_.since; ++i) columns.push_back({name_of(i), ir::column_of(*rows, offset + i)});
    for (std::size_t k = 0; k < places_.key.size(); ++k) {
      columns[static_cast<std::size_t>(places_.key[k])].expression = ir::column_of(*rows, static_cast<int>(k));
    }
    return observed(rows, std::move(columns), ir::column_of(*rows, moment), ir::integer(kRemembered),
                    flag(ir::call(Function::is_null, {ir::column_of(*rows, offset + from())})));
  }

 private:
  int from() const { return places_.since; }
  int until() const { return places_.since + 1; }
  const Identifier& name_of(int place) const { return meeting_.staged.rows->columns[static_cast<std::size_t>(place)].name; }
  const ir::Type& type_of(int place) const { return meeting_.staged.rows->columns[static_cast<std::size_t>(place)].type; }

  static ir::RelationPtr observed(const ir::RelationPtr& rows, std::vector<ir::NamedExpression> columns, ir::ExpressionPtr since,
                                  ir::ExpressionPtr priority, ir::ExpressionPtr deleted) {
    columns.push_back({Identifier::exact("penstock_since"), std::move(since)});
    columns.push_back({Identifier::exact("penstock_priority"), std::move(priority)});
    columns.push_back({Identifier::exact("penstock_deleted"), std::move(deleted)});
    return ir::project(rows, std::move(columns));
  }

  static std::vector<int> leading(const ir::Relation& rows) {
    std::vector<int> places;
    for (int i = 0; i < static_cast<int>(rows.columns.size()); ++i) places.push_back(i);
    return places;
  }

  ir::RelationPtr only_keys(const ir::RelationPtr& rows) const {
    std::vector<ir::NamedExpression> columns;
    for (const int place : places_.key) columns.push_back({name_of(place), ir::column_of(*rows, place)});
    return ir::project(rows, std::move(columns));
  }

  ir::RelationPtr keys_that_came() const {
    const ir::RelationPtr& rows = meeting_.staged.rows;
    std::vector<ir::NamedExpression> columns;
    for (const int place : places_.key) columns.push_back({name_of(place), ir::column_of(*rows, place)});
    columns.push_back({Identifier::exact("penstock_since"), meeting_.since});
    return ir::project(rows, std::move(columns));
  }

  // In the condition of a join of two relations.
  ir::ExpressionPtr same_key(const ir::Relation& left, const std::vector<int>& left_key, const ir::Relation& right,
                             const std::vector<int>& right_key) const {
    std::vector<ir::ExpressionPtr> equal;
    for (std::size_t k = 0; k < places_.key.size(); ++k) {
      const ir::Column& column = right.columns[static_cast<std::size_t>(right_key[k])];
      equal.push_back(keys_equal(ir::column_of(left, left_key[k]),
                                 ir::column(static_cast<int>(left.columns.size()) + right_key[k], column.type, column.nullable),
                                 is_never_null(meeting_.input, name_of(places_.key[k]))));
    }
    return ir::all_of(std::move(equal));
  }

  // Whether the published version, whose columns begin at `offset`, was in force.
  ir::ExpressionPtr covers(int offset, const ir::ExpressionPtr& moment) const {
    const ir::Type& type = meeting_.published.columns[static_cast<std::size_t>(from())].type;
    const ir::ExpressionPtr end = ir::column(offset + until(), type, true);
    return ir::all_of({ir::call(Function::less_equal, {ir::column(offset + from(), type, true), moment}),
                       ir::any_of({ir::call(Function::is_null, {end}), ir::call(Function::greater, {end, moment})})});
  }

  std::vector<ir::NamedExpression> columns_of_keys(const ir::Relation& keys) const {
    std::vector<ir::NamedExpression> columns;
    for (int i = 0; i < places_.since; ++i) columns.push_back({name_of(i), ir::null_literal(type_of(i))});
    for (std::size_t k = 0; k < places_.key.size(); ++k) {
      columns[static_cast<std::size_t>(places_.key[k])].expression = ir::column_of(keys, static_cast<int>(k));
    }
    return columns;
  }

  // The key and what is not tracked are remembered themselves.
  std::vector<ir::NamedExpression> remembered_columns(const ir::Relation& rows, int offset) const {
    const SeenTable& seen = meeting_.seen;
    std::vector<ir::NamedExpression> columns;
    for (int i = 0; i < places_.since; ++i) columns.push_back({name_of(i), ir::column_of(rows, offset + i)});
    const auto take = [&](int place, int from_seen) {
      ir::ExpressionPtr value = ir::column_of(rows, from_seen);
      if (!(value->type == type_of(place)) && !type_of(place).is_unknown()) value = ir::cast(std::move(value), type_of(place));
      columns[static_cast<std::size_t>(place)].expression = std::move(value);
    };
    for (std::size_t k = 0; k < places_.key.size(); ++k) take(places_.key[k], static_cast<int>(k));
    if (places_.effective_at && !is_in(places_.key, *places_.effective_at)) take(*places_.effective_at, seen.moment);
    for (std::size_t i = 0; i < places_.untracked.size(); ++i) take(places_.untracked[i], seen.moment + 2 + static_cast<int>(i));
    return columns;
  }

  const Meeting& meeting_;
  const Places& places_;
};

}  // namespace

ir::ExpressionPtr flag(ir::ExpressionPtr condition) { return when(std::move(condition), ir::integer(1), ir::integer(0)); }

std::vector<ir::NamedExpression> first_columns(const ir::Relation& rows, int count) {
  std::vector<ir::NamedExpression> columns;
  for (int i = 0; i < count; ++i) columns.push_back({rows.columns[static_cast<std::size_t>(i)].name, ir::column_of(rows, i)});
  return columns;
}

ir::RelationPtr observations(const Meeting& meeting, bool reads_target) {
  const Observer observer(meeting);
  std::vector<ir::RelationPtr> all;
  if (reads_target && closes_missing(*meeting.input.publish)) {
    const ir::RelationPtr keys = observer.affected_keys();
    all = {observer.started_and_ended(observer.affected_by(keys)), observer.as_at_next(keys), observer.missing(keys)};
  } else if (reads_target) {
    all = {observer.started_and_ended(observer.affected_by_key()), observer.remembered_by_key()};
  }
  all.push_back(observer.came());
  if (all.size() == 1) return all.front();
  ir::Columns columns = all.back()->columns;
  for (ir::Column& column : columns.edit()) column.nullable = true;
  return ir::set_operation(ir::SetOperation::Kind::union_all, std::move(all), std::move(columns));
}

}  // namespace penstock::publish
