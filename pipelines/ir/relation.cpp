#include "pipelines/ir/relation.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "pipelines/base/broken.h"
#include "pipelines/ir/rewrite.h"
#include "pipelines/ir/trimmed.h"

namespace penstock::ir {
namespace {

template <typename Node>
RelationPtr make(Node node, Columns columns) {
  return std::make_shared<const Relation>(Relation{std::move(node), std::move(columns)});
}

Columns columns_of(const std::vector<NamedExpression>& expressions, const Relation& input) {
  const auto column_is_trimmed = [&input](const ColumnRef& read) {
    return read.depth == 0 && static_cast<std::size_t>(read.column) < input.columns.size() &&
           input.columns[static_cast<std::size_t>(read.column)].trimmed;
  };
  Columns columns;
  columns.reserve(expressions.size());
  for (const auto& [name, expression] : expressions) {
    const bool trimmed = expression->type.is_text() && is_trimmed(*expression, column_is_trimmed);
    columns.push_back({name, expression->type, expression->nullable, trimmed});
  }
  return columns;
}

// The side of an outer join that may find no partner gives NULLs.
void append_columns(Columns& to, const Columns& from, bool may_be_missing) {
  for (Column column : from) {
    column.nullable = column.nullable || may_be_missing;
    to.push_back(std::move(column));
  }
}

Columns joined_columns(Join::Kind kind, const Relation& left, const Relation& right) {
  using Kind = Join::Kind;
  Columns columns;
  columns.reserve(left.columns.size() + right.columns.size());
  append_columns(columns, left.columns, kind == Kind::right || kind == Kind::full);
  if (kind != Kind::semi && kind != Kind::anti) append_columns(columns, right.columns, kind == Kind::left || kind == Kind::full);
  return columns;
}

class TableCollector final : public Walker {
 public:
  std::vector<TableName> take() { return std::move(tables_); }

 protected:
  void enter_relation(const Relation& relation) override {
    if (const auto* scanned = std::get_if<Scan>(&relation.node)) add(scanned->table);
    if (const auto* passed = std::get_if<Native>(&relation.node)) {
      for (const TableName& table : passed->reads) add(table);
    }
  }

 private:
  void add(const TableName& table) {
    if (std::find(tables_.begin(), tables_.end(), table) == tables_.end()) tables_.push_back(table);
  }

  std::vector<TableName> tables_;
};

class TableReplacer final : public Rewriter {
 public:
  TableReplacer(const TableName& from, const TableName& to) : from_(from), to_(to) {}

 protected:
  RelationPtr replace_relation(const RelationPtr& relation) override {
    const auto* scanned = std::get_if<Scan>(&relation->node);
    if (!scanned || scanned->table != from_) return nullptr;
    // The old table's name stays as the alias, so that the SQL reads as it was written.
    return scan(to_, scanned->columns, scanned->alias.empty() ? from_.name : scanned->alias);
  }

 private:
  const TableName& from_;
  const TableName& to_;
};

}  // namespace

RelationPtr scan(TableName table, Columns columns, Identifier alias) {
  Columns given = columns;
  return make(Scan{std::move(table), std::move(alias), std::move(columns)}, std::move(given));
}

RelationPtr values(Columns columns, std::vector<std::vector<ExpressionPtr>> rows) {
  Columns given = columns;
  return make(Values{std::move(columns), std::move(rows)}, std::move(given));
}

RelationPtr project(RelationPtr input, std::vector<NamedExpression> columns) {
  Columns given = columns_of(columns, *input);
  return make(Project{std::move(input), std::move(columns)}, std::move(given));
}

RelationPtr filter(RelationPtr input, ExpressionPtr predicate) {
  Columns given = input->columns;
  return make(Filter{std::move(input), std::move(predicate)}, std::move(given));
}

RelationPtr join(Join::Kind kind, RelationPtr left, RelationPtr right, ExpressionPtr condition) {
  Columns given = joined_columns(kind, *left, *right);
  return make(Join{kind, std::move(left), std::move(right), std::move(condition)}, std::move(given));
}

RelationPtr aggregate(RelationPtr input, std::vector<NamedExpression> keys, std::vector<Aggregate::NamedCall> calls) {
  Columns given = columns_of(keys, *input);
  for (const auto& [name, call] : calls) given.push_back({name, call.type, call.nullable});
  return make(Aggregate{std::move(input), std::move(keys), std::move(calls)}, std::move(given));
}

RelationPtr window(RelationPtr input, std::vector<Window::NamedCall> calls) {
  Columns given = input->columns;
  for (const auto& [name, call] : calls) given.push_back({name, call.type, call.nullable});
  return make(Window{std::move(input), std::move(calls)}, std::move(given));
}

RelationPtr set_operation(SetOperation::Kind kind, std::vector<RelationPtr> inputs, Columns columns, Place place) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto trimmed_in = [i](const RelationPtr& input) { return i < input->columns.size() && input->columns[i].trimmed; };
    const bool trimmed = std::all_of(inputs.begin(), inputs.end(), trimmed_in);
    if (columns[i].trimmed != trimmed) columns.edit()[i].trimmed = trimmed;
  }
  Columns given = columns;
  return make(SetOperation{kind, std::move(inputs), std::move(columns), place}, std::move(given));
}

RelationPtr distinct(RelationPtr input) {
  Columns given = input->columns;
  return make(Distinct{std::move(input)}, std::move(given));
}

RelationPtr sort(RelationPtr input, std::vector<SortKey> keys) {
  Columns given = input->columns;
  return make(Sort{std::move(input), std::move(keys)}, std::move(given));
}

RelationPtr limit(RelationPtr input, std::optional<std::int64_t> count, std::int64_t offset, Place place) {
  Columns given = input->columns;
  return make(Limit{std::move(input), count, offset, place}, std::move(given));
}

RelationPtr common(Identifier name, RelationPtr input) {
  Columns given = input->columns;
  return make(Common{std::move(name), std::move(input)}, std::move(given));
}

RelationPtr native(std::string sql, Columns columns, std::vector<TableName> reads) {
  return native(Native{{std::move(sql)}, {}, std::move(columns), std::move(reads)});
}

RelationPtr native(Native node) {
  Columns given = node.columns;
  return make(std::move(node), std::move(given));
}

ExpressionPtr column_of(const Relation& relation, int index) {
  if (index < 0 || static_cast<std::size_t>(index) >= relation.columns.size()) {
    broken("ir::column_of: column " + std::to_string(index) + " of " + std::to_string(relation.columns.size()));
  }
  const Column& found = relation.columns[static_cast<std::size_t>(index)];
  return column(index, found.type, found.nullable);
}

Place place_of(const Relation& relation, std::size_t column) {
  if (const auto* project = std::get_if<Project>(&relation.node)) {
    const Expression& expression = *project->columns[column].expression;
    if (expression.place) return expression.place;
    const auto* read = std::get_if<ColumnRef>(&expression.node);
    return read && read->depth == 0 ? place_of(*project->input, static_cast<std::size_t>(read->column)) : Place{};
  }
  if (const auto* aggregate = std::get_if<Aggregate>(&relation.node)) {
    const std::size_t keys = aggregate->keys.size();
    return column < keys ? aggregate->keys[column].expression->place : aggregate->calls[column - keys].call.place;
  }
  if (const auto* window = std::get_if<Window>(&relation.node)) {
    const std::size_t before = window->input->columns.size();
    return column < before ? place_of(*window->input, column) : window->calls[column - before].call.place;
  }
  if (const auto* join = std::get_if<Join>(&relation.node)) {
    const std::size_t left = join->left->columns.size();
    return column < left ? place_of(*join->left, column) : place_of(*join->right, column - left);
  }
  if (const auto* set = std::get_if<SetOperation>(&relation.node)) return place_of(*set->inputs.front(), column);
  if (const auto* filter = std::get_if<Filter>(&relation.node)) return place_of(*filter->input, column);
  if (const auto* distinct = std::get_if<Distinct>(&relation.node)) return place_of(*distinct->input, column);
  if (const auto* sort = std::get_if<Sort>(&relation.node)) return place_of(*sort->input, column);
  if (const auto* limit = std::get_if<Limit>(&relation.node)) return place_of(*limit->input, column);
  if (const auto* common = std::get_if<Common>(&relation.node)) return place_of(*common->input, column);
  return {};
}

std::optional<int> find_column(const Columns& columns, const Identifier& name) {
  std::optional<int> found;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name != name) continue;
    if (found) return std::nullopt;
    found = static_cast<int>(i);
  }
  return found;
}

std::vector<TableName> tables_read(const Relation& relation) {
  TableCollector collector;
  collector.walk(relation);
  return collector.take();
}

RelationPtr replace_table(const RelationPtr& relation, const TableName& from, const TableName& to) {
  return TableReplacer(from, to).rewrite(relation);
}

}  // namespace penstock::ir
