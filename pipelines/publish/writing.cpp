#include <algorithm>
#include <utility>

#include "pipelines/publish/layout.h"

namespace penstock::publish {
namespace {

using ir::Function;
using Clause = ir::Merge::Clause;

// The column that tells rows to insert from rows that only say what to delete.
constexpr std::string_view kAction = "penstock_action";
constexpr std::string_view kKeyPrefix = "penstock_key_";
constexpr const char* kInsert = "I";
constexpr const char* kDelete = "D";

ir::ExpressionPtr target_column(const ir::Columns& columns, int place, int depth = 0) {
  const ir::Column& column = columns[static_cast<std::size_t>(place)];
  return ir::column(place, column.type, true, depth);
}

ir::ExpressionPtr source_column(const ir::Columns& target, const ir::Relation& source, int place) {
  const ir::Column& column = source.columns[static_cast<std::size_t>(place)];
  return ir::column(static_cast<int>(target.size()) + place, column.type, column.nullable);
}

Clause insert_clause(const Rows& rows, const ir::Relation& source, ir::ExpressionPtr condition) {
  Clause clause{Clause::Match::not_matched_by_target, Clause::Action::insert, std::move(condition), {}};
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    clause.columns.push_back({rows.columns[i].name, source_column(rows.columns, source, static_cast<int>(i))});
  }
  return clause;
}

// Staged rows marked for insertion, their key columns (for the match) NULL.
ir::RelationPtr rows_to_insert(const Rows& rows, const std::vector<int>& key) {
  std::vector<ir::NamedExpression> columns;
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    columns.push_back({rows.columns[i].name, ir::column_of(*rows.rows, static_cast<int>(i))});
  }
  columns.push_back({Identifier::exact(std::string(kAction)), ir::text(kInsert)});
  for (std::size_t k = 0; k < key.size(); ++k) {
    const ir::Type& type = rows.rows->columns[static_cast<std::size_t>(key[k])].type;
    columns.push_back({Identifier::exact(std::string(kKeyPrefix) + std::to_string(k + 1)), ir::null_literal(type)});
  }
  return ir::project(rows.rows, std::move(columns));
}

// One row per key to delete; all that would be inserted is NULL.
ir::RelationPtr keys_to_delete(const Rows& rows, const std::vector<int>& key) {
  std::vector<ir::NamedExpression> keys;
  for (const int place : key) {
    keys.push_back({rows.columns[static_cast<std::size_t>(place)].name, ir::column_of(*rows.rows, place)});
  }
  const ir::RelationPtr distinct = ir::distinct(ir::project(rows.rows, std::move(keys)));
  std::vector<ir::NamedExpression> columns;
  for (const ir::Column& column : rows.columns) columns.push_back({column.name, ir::null_literal(column.type)});
  columns.push_back({Identifier::exact(std::string(kAction)), ir::text(kDelete)});
  for (std::size_t k = 0; k < key.size(); ++k) {
    columns.push_back({Identifier::exact(std::string(kKeyPrefix) + std::to_string(k + 1)), ir::column_of(*distinct, static_cast<int>(k))});
  }
  return ir::project(distinct, std::move(columns));
}

// The one row that stands for the interval.
ir::RelationPtr interval_to_delete(const Rows& rows) {
  ir::Columns columns;
  std::vector<ir::ExpressionPtr> row;
  for (const ir::Column& column : rows.columns) {
    columns.push_back({column.name, column.type, true});
    row.push_back(ir::null_literal(column.type));
  }
  columns.push_back({Identifier::exact(std::string(kAction)), ir::Type::of(ir::TypeKind::text), false});
  row.push_back(ir::text(kDelete));
  return ir::values(std::move(columns), {std::move(row)});
}

ir::RelationPtr both(const ir::RelationPtr& inserted, const ir::RelationPtr& deleted) {
  ir::Columns columns = inserted->columns;
  for (std::size_t i = 0; i < columns.size(); ++i) columns.edit()[i].nullable |= deleted->columns[i].nullable;
  return ir::set_operation(ir::SetOperation::Kind::union_all, {inserted, deleted}, std::move(columns));
}

ir::ExpressionPtr action_is(const Rows& rows, const ir::Relation& source, const char* action) {
  return ir::call(Function::equal, {source_column(rows.columns, source, static_cast<int>(rows.columns.size())), ir::text(action)});
}

// Every target row matches at most one row of the source, because the rows to delete are distinct and the rows to insert match nothing.
ir::Merge delete_and_insert(const Layout& layout, const Rows& rows, ir::RelationPtr source, std::vector<ir::ExpressionPtr> on) {
  ir::Merge merge{layout.input.target, rows.columns, std::move(source), ir::all_of(std::move(on)), {}};
  merge.clauses.push_back({Clause::Match::matched, Clause::Action::remove, nullptr, {}});
  merge.clauses.push_back(insert_clause(rows, *merge.source, action_is(rows, *merge.source, kInsert)));
  return merge;
}

ir::Merge merge_by_key(const Layout& layout, const Rows& rows, const Rows& keyed, const std::vector<int>& key) {
  const ir::RelationPtr source = both(rows_to_insert(rows, key), keys_to_delete(keyed, key));
  std::vector<ir::ExpressionPtr> on{action_is(rows, *source, kDelete)};
  for (std::size_t k = 0; k < key.size(); ++k) {
    const int place = static_cast<int>(rows.columns.size() + 1 + k);
    on.push_back(keys_equal(target_column(rows.columns, key[k]), source_column(rows.columns, *source, place),
                            is_never_null(layout.input, rows.columns[static_cast<std::size_t>(key[k])].name), layout.can.hashes_null_safe));
  }
  return delete_and_insert(layout, rows, source, std::move(on));
}

ir::Merge merge_by_interval(const Layout& layout, const Rows& rows, const Range& range) {
  const ir::RelationPtr source = both(rows_to_insert(rows, {}), interval_to_delete(rows));
  const ir::ExpressionPtr value = target_column(rows.columns, range.column);
  // An equality between both sides: engines that only have hash joins for outer joins want one, and rows to insert then meet no row.
  ir::Case marks{{{ir::call(Function::greater_equal, {value, range.start}), ir::text(kDelete)}}, nullptr};
  const auto mark = std::make_shared<const ir::Expression>(ir::Expression{std::move(marks), ir::Type::of(ir::TypeKind::text), true});
  const auto action = source_column(rows.columns, *source, static_cast<int>(rows.columns.size()));
  return delete_and_insert(layout, rows, source, {ir::call(Function::equal, {action, mark}), is_inside(range, value)});
}

ir::Merge replace_by_source(const Layout& layout, const Rows& rows, const Range& range) {
  ir::Merge merge{layout.input.target, rows.columns, rows.rows, ir::boolean(false), {}};
  merge.clauses.push_back(insert_clause(rows, *rows.rows, nullptr));
  merge.clauses.push_back(
      {Clause::Match::not_matched_by_source, Clause::Action::remove, is_inside(range, target_column(rows.columns, range.column)), {}});
  return merge;
}

ir::DeleteRows delete_keys(const Layout& layout, const Rows& rows, const std::vector<int>& key) {
  std::vector<ir::ExpressionPtr> equal;
  for (const int place : key) {
    equal.push_back(keys_equal(target_column(rows.columns, place, 1), ir::column_of(*rows.rows, place),
                               is_never_null(layout.input, rows.columns[static_cast<std::size_t>(place)].name),
                               layout.can.hashes_null_safe));
  }
  ir::Subquery exists{ir::Subquery::Kind::exists, ir::filter(rows.rows, ir::all_of(std::move(equal))), nullptr};
  return {layout.input.target, rows.columns,
          std::make_shared<const ir::Expression>(ir::Expression{std::move(exists), ir::Type::of(ir::TypeKind::boolean), false})};
}

// The row that comes is at least as new as the published one: equal ones replace, and NULL is older than everything.
ir::ExpressionPtr is_no_older(const ir::ExpressionPtr& comes, const ir::ExpressionPtr& published) {
  return ir::any_of({ir::call(Function::is_null, {published}), ir::call(Function::greater_equal, {comes, published})});
}

// The rows without those for which the table holds a newer one.
Rows without_older(const Layout& layout, const Rows& rows, const std::vector<int>& key, int newest_by) {
  const ir::RelationPtr table = ir::scan(layout.input.target, rows.columns, Identifier::exact("published"));
  const auto published = [&](int place) {
    const ir::Column& column = rows.columns[static_cast<std::size_t>(place)];
    return ir::column(static_cast<int>(rows.columns.size()) + place, column.type, true);
  };
  std::vector<ir::ExpressionPtr> newer{ir::call(Function::logical_not, {ir::call(Function::is_null, {published(newest_by)})}),
                                       ir::any_of({ir::call(Function::is_null, {ir::column_of(*rows.rows, newest_by)}),
                                                   ir::call(Function::less, {ir::column_of(*rows.rows, newest_by), published(newest_by)})})};
  for (const int place : key) newer.push_back(keys_equal(ir::column_of(*rows.rows, place), published(place), false));
  return {ir::join(ir::Join::Kind::anti, rows.rows, table, ir::all_of(std::move(newer))), rows.columns};
}

// Deleting and inserting a row again would lose what the step does not write.
bool has_other_columns(const Layout& layout, const Rows& rows) {
  const ir::Columns& columns = layout.input.facts.columns;
  return std::any_of(columns.begin(), columns.end(),
                     [&rows](const ir::Column& column) { return !ir::find_column(rows.columns, column.name); });
}

Failure no_way(const Layout& layout, std::string_view mode) {
  return fail(ErrorKind::refused,
              "step \"" + layout.input.step + "\": this target has no MERGE and no transaction that could stand for one, so \"" +
                  std::string(mode) + "\" cannot be atomic here",
              "publish it as a table");
}

}  // namespace

ir::InsertSelect insert_rows(const TableName& target, const Rows& rows) {
  ir::InsertSelect insert{target, {}, rows.rows};
  for (const ir::Column& column : rows.columns) insert.columns.push_back(column.name);
  return insert;
}

Result<std::vector<ir::Statement>> replace_by_key(const Layout& layout, const Rows& rows, const Rows& keyed) {
  const auto key = key_places(layout.input, rows.columns);
  if (!key) return Failure(key.error());
  if (layout.is_transactional()) {
    return std::vector<ir::Statement>{delete_keys(layout, keyed, *key), insert_rows(layout.input.target, rows)};
  }
  if (!layout.can.merge) return no_way(layout, "delete_insert");
  return std::vector<ir::Statement>{merge_by_key(layout, rows, keyed, *key)};
}

Result<std::vector<ir::Statement>> replace_by_interval(const Layout& layout, const Rows& rows) {
  const auto range = interval_range(layout.input, rows.columns);
  if (!range) return Failure(range.error());
  if (layout.is_transactional()) {
    ir::DeleteRows remove{layout.input.target, rows.columns, is_inside(*range, target_column(rows.columns, range->column))};
    return std::vector<ir::Statement>{std::move(remove), insert_rows(layout.input.target, rows)};
  }
  if (!layout.can.merge) return no_way(layout, "delete_insert");
  if (layout.can.merge_by_source) return std::vector<ir::Statement>{replace_by_source(layout, rows, *range)};
  return std::vector<ir::Statement>{merge_by_interval(layout, rows, *range)};
}

Result<std::vector<ir::Statement>> upsert(const Layout& layout, const Rows& rows) {
  const auto key = key_places(layout.input, rows.columns);
  if (!key) return Failure(key.error());
  std::optional<int> newest_by;
  if (layout.input.publish->newest_by) {
    const Identifier& name = layout.input.publish->newest_by->value;
    newest_by = ir::find_column(rows.columns, name);
    if (!newest_by) return invalid(layout.input, "the column \"" + name.text() + "\" of newest_by is not among its columns");
  }
  if (!layout.can.merge && layout.is_transactional() && !has_other_columns(layout, rows)) {
    const Rows newest = newest_by ? without_older(layout, rows, *key, *newest_by) : rows;
    return replace_by_key(layout, newest, newest);
  }
  if (!layout.can.merge) return no_way(layout, "merge");
  std::vector<ir::ExpressionPtr> on;
  for (const int place : *key) {
    on.push_back(keys_equal(target_column(rows.columns, place), source_column(rows.columns, *rows.rows, place),
                            is_never_null(layout.input, rows.columns[static_cast<std::size_t>(place)].name), layout.can.hashes_null_safe));
  }
  ir::Merge merge{layout.input.target, rows.columns, rows.rows, ir::all_of(std::move(on)), {}};
  Clause update{Clause::Match::matched, Clause::Action::update, nullptr, {}};
  if (newest_by) {
    update.condition = is_no_older(source_column(rows.columns, *rows.rows, *newest_by), target_column(rows.columns, *newest_by));
  }
  for (int place = 0; place < static_cast<int>(rows.columns.size()); ++place) {
    if (std::find(key->begin(), key->end(), place) != key->end()) continue;
    update.columns.push_back({rows.columns[static_cast<std::size_t>(place)].name, source_column(rows.columns, *rows.rows, place)});
  }
  if (!update.columns.empty()) merge.clauses.push_back(std::move(update));
  merge.clauses.push_back(insert_clause(rows, *rows.rows, nullptr));
  return std::vector<ir::Statement>{std::move(merge)};
}

}  // namespace penstock::publish
