#include <algorithm>
#include <stdexcept>

#include "tests/unit/interpreter/evaluation.h"

namespace penstock::testing {
namespace {

using ir::Value;

/// Runs one statement on a copy of the tables; what it throws leaves the original as it was.
class Execution {
 public:
  explicit Execution(Interpreter& target, Rows* rows) : target_(target), rows_(rows) {}

  void operator()(const ir::SelectStatement& node) {
    const Rows given = target_.evaluate(*node.query);
    if (rows_) *rows_ = given;
  }
  void operator()(const ir::CreateTable& node) {
    if (exists(node.table) && node.if_not_exists) return;
    create(node.table, {node.columns, {}, false, nullptr});
  }
  void operator()(const ir::CreateTableAs& node) {
    if (exists(node.table) && node.if_not_exists) return;
    Table made{node.query->columns, target_.evaluate(*node.query), false, nullptr};
    if (node.or_replace && exists(node.table)) {
      if (find(node.table).is_view) throw std::runtime_error(to_string(node.table) + " is a view");
      target_.tables.erase(node.table);
    }
    create(node.table, std::move(made));
  }
  void operator()(const ir::CreateView& node) {
    if (exists(node.view) && !find(node.view).is_view) throw std::runtime_error(to_string(node.view) + " is a table");
    target_.tables[node.view] = {node.query->columns, {}, true, node.query};
  }
  void operator()(const ir::DropTable& node) { drop(node.table, false, node.if_exists); }
  void operator()(const ir::DropView& node) { drop(node.view, true, node.if_exists); }
  void operator()(const ir::RenameTable& node) {
    Table moved = find(node.table);
    target_.tables.erase(node.table);
    create({node.table.catalog, node.table.schema, node.to}, std::move(moved));
  }
  void operator()(const ir::AddColumn& node) {
    Table& table = find(node.table);
    if (ir::find_column(table.columns, node.column.name)) {
      if (node.if_not_exists) return;
      throw std::runtime_error("the column exists");
    }
    table.columns.push_back(node.column);
    for (Row& row : table.rows) row.emplace_back();
  }
  void operator()(const ir::AlterColumnType& node) {
    Table& table = find(node.table);
    table.columns.edit()[place_in(table, node.column.name)].type = node.column.type;
  }
  void operator()(const ir::DropColumn& node) {
    Table& table = find(node.table);
    if (!ir::find_column(table.columns, node.column) && node.if_exists) return;
    const auto place = static_cast<std::ptrdiff_t>(place_in(table, node.column));
    table.columns.edit().erase(table.columns.edit().begin() + place);
    for (Row& row : table.rows) row.erase(row.begin() + place);
  }
  void operator()(const ir::InsertSelect& node) {
    const Rows given = target_.evaluate(*node.query);
    Table& table = find(node.table);
    for (const Row& row : given) insert(table, node.columns, row);
    check_ledger(node.table, table);
  }
  void operator()(const ir::DeleteRows& node) {
    Table& table = find(node.table);
    Rows kept;
    for (const Row& row : table.rows) {
      const Row seen = pick(table, node.columns, row);
      if (!is_true(node.predicate, {&seen}, target_)) kept.push_back(row);
    }
    table.rows = std::move(kept);
  }
  void operator()(const ir::LockTable& node) { find(node.table); }
  void operator()(const ir::NativeStatement& node) { target_.native_statements.push_back(node.text); }
  void operator()(const ir::Merge& node) {
    const Rows source = target_.evaluate(*node.source);
    Table& table = find(node.target);
    std::vector<bool> source_met(source.size(), false);
    Rows made;
    for (const Row& row : table.rows) merge_row(node, table, row, source, source_met, made);
    table.rows = std::move(made);
    for (std::size_t i = 0; i < source.size(); ++i) {
      if (!source_met[i]) insert_unmatched(node, table, source[i]);
    }
  }

 private:
  using Match = ir::Merge::Clause::Match;
  using Action = ir::Merge::Clause::Action;

  bool exists(const TableName& name) const { return target_.tables.count(name) > 0; }
  Table& find(const TableName& name) {
    const auto found = target_.tables.find(name);
    if (found == target_.tables.end()) throw std::runtime_error(to_string(name) + " does not exist");
    return found->second;
  }
  void create(const TableName& name, Table table) {
    if (exists(name)) throw std::runtime_error(to_string(name) + " already exists");
    target_.tables[name] = std::move(table);
  }
  void drop(const TableName& name, bool is_view, bool if_exists) {
    if (!exists(name) && if_exists) return;
    if (find(name).is_view != is_view) throw std::runtime_error(to_string(name) + " is of the other kind");
    for (const auto& [reader, table] : target_.tables) {
      if (!target_.views_hold_tables || !table.is_view) continue;
      const auto read = ir::tables_read(*table.query);
      if (std::find(read.begin(), read.end(), name) != read.end()) throw std::runtime_error(to_string(reader) + " depends on it");
    }
    target_.tables.erase(name);
  }
  static std::size_t place_in(const Table& table, const Identifier& column) {
    const auto place = ir::find_column(table.columns, column);
    if (!place) throw std::runtime_error("there is no column " + column.text());
    return static_cast<std::size_t>(*place);
  }
  static Row pick(const Table& table, const ir::Columns& columns, const Row& row) {
    Row picked;
    for (const ir::Column& column : columns) picked.push_back(row[place_in(table, column.name)]);
    return picked;
  }
  static void insert(Table& table, const std::vector<Identifier>& columns, const Row& values) {
    Row row(table.columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) row[place_in(table, columns[i])] = values[i];
    table.rows.push_back(std::move(row));
  }
  // The ledger's key is enforced.
  static void check_ledger(const TableName& name, const Table& table) {
    if (name.name.text() != "penstock_ledger") return;
    for (std::size_t i = 0; i + 1 < table.rows.size(); ++i) {
      if (compare(table.rows[i][0], table.rows.back()[0]) == 0) throw std::runtime_error("the token is in the ledger");
    }
  }

  void merge_row(const ir::Merge& node, const Table& table, const Row& row, const Rows& source, std::vector<bool>& source_met, Rows& made) {
    const Row seen = pick(table, node.target_columns, row);
    const Row* partner = nullptr;
    Row both;
    for (std::size_t i = 0; i < source.size(); ++i) {
      Row pair = seen;
      pair.insert(pair.end(), source[i].begin(), source[i].end());
      if (!is_true(node.on, {&pair}, target_)) continue;
      if (partner) throw std::runtime_error("two source rows match one row");
      partner = &source[i];
      source_met[i] = true;
      both = std::move(pair);
    }
    if (!partner) {
      both = seen;
      both.resize(seen.size() + node.source->columns.size());
    }
    for (const ir::Merge::Clause& clause : node.clauses) {
      if (clause.match != (partner ? Match::matched : Match::not_matched_by_source) || !is_true(clause.condition, {&both}, target_))
        continue;
      if (clause.action == Action::remove) return;
      Row changed = row;
      for (const auto& [name, value] : clause.columns) changed[place_in(table, name)] = testing::evaluate(*value, {&both}, target_);
      made.push_back(std::move(changed));
      return;
    }
    made.push_back(row);
  }

  void insert_unmatched(const ir::Merge& node, Table& table, const Row& source) {
    Row both(node.target_columns.size());
    both.insert(both.end(), source.begin(), source.end());
    for (const ir::Merge::Clause& clause : node.clauses) {
      if (clause.match != Match::not_matched_by_target || !is_true(clause.condition, {&both}, target_)) continue;
      std::vector<Identifier> columns;
      Row values;
      for (const auto& [name, value] : clause.columns) {
        columns.push_back(name);
        values.push_back(testing::evaluate(*value, {&both}, target_));
      }
      insert(table, columns, values);
      return;
    }
  }

  Interpreter& target_;
  Rows* rows_;
};

std::string text_of(const Value& value) {
  if (is_null(value)) return "NULL";
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* words = std::get_if<std::string>(&value)) return *words;
  if (const auto* date = std::get_if<ir::DateValue>(&value)) return ir::to_string(*date);
  if (const auto* moment = std::get_if<ir::TimestampValue>(&value)) return ir::to_string(*moment);
  if (const auto* number = std::get_if<double>(&value)) return std::to_string(*number);
  return "?";
}

}  // namespace

std::string Interpreter::run(const ir::Statement& statement, Rows* rows) {
  Interpreter copy = *this;
  try {
    std::visit(Execution(copy, rows), statement);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  *this = std::move(copy);
  return {};
}

std::vector<std::string> text_of(const Rows& rows, bool in_order) {
  std::vector<std::string> lines;
  for (const Row& row : rows) {
    std::string line;
    for (const Value& value : row) line += (line.empty() ? "" : "|") + text_of(value);
    lines.push_back(std::move(line));
  }
  if (!in_order) std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace penstock::testing
