#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "pipelines/base/lookalike.h"
#include "pipelines/base/sql_text.h"
#include "pipelines/base/suggest.h"
#include "pipelines/sql/select.h"

namespace penstock::sql {
namespace {

std::string lower(const std::string& text) {
  std::string result = text;
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

/// A name like it that needs no quotes.
std::string bare(const std::string& text) {
  std::string result;
  for (const char c : lower(plain_form(text))) result += is_sql_word(c) ? c : '_';
  return result.empty() || is_sql_digit(result[0]) ? "_" + result : result;
}

/// Does a table of that name stand anywhere below? Without recursion: the text may be as deep as it likes.
bool reads_table(Part part, std::string_view name) {
  std::vector<Part> open{part};
  while (!open.empty()) {
    const Part one = open.back();
    open.pop_back();
    if (one["RangeVar"].text("relname") == name) return true;
    for (const Part child : one) open.push_back(child);
  }
  return false;
}

}  // namespace

ir::RelationPtr Resolver::top(Part select) {
  Query result = settled(query(select, nullptr));
  if (!result) return nullptr;
  bool good = true;
  std::set<Identifier> seen;
  std::map<std::size_t, std::vector<std::string>> repeated;  // By place: one * gives many.
  for (std::size_t i = 0; i < result.names.size(); ++i) {
    const std::string& name = result.names[i].text();
    if (result.unnamed[i]) {
      reporter_.error(result.places[i], Code::invalid_identifier, "column " + std::to_string(i + 1) + " of the SELECT list has no name", {},
                      "give it one: ... as name");
      good = false;
    } else if (!seen.insert(result.names[i]).second) {
      repeated[result.places[i]].push_back("\"" + name + "\"");
      good = false;
    } else if (name != lower(name)) {
      reporter_.error(result.places[i], Code::invalid_identifier, "column \"" + name + "\" has capital letters", "write as " + bare(name),
                      "targets disagree on the case of names, so portable names are in lower case");
      good = false;
    } else if (holds_unseen(name)) {
      reporter_.error(result.places[i], Code::invalid_identifier, "the name of column \"" + name + "\" is not what it looks like",
                      odd_character(name), "type it anew");
      good = false;
    }
  }
  for (const auto& [place, names] : repeated) {
    const bool star = reporter_.masked().text.compare(place, 1, "*") == 0;
    reporter_.error(
        place, Code::duplicate_column,
        "the SELECT list has two columns " + (names.size() == 1 ? names.front() : "each of the names " + listed(names)), {},
        star ? "list the columns that are wanted, and name the second ones: ... as other_name" : "name one of them: ... as other_name");
  }
  return good ? result.relation : nullptr;
}

Query Resolver::query(Part select, const Frame* outer) {
  if (!descend(0)) return {};
  ++depth_;
  const std::size_t visible = common_tables_.size();
  Query result;
  if (refuse_clauses(select) && common_tables(select["withClause"])) result = query_inside(select, outer);
  common_tables_.resize(visible);
  --depth_;
  return result;
}

Query Resolver::query_inside(Part select, const Frame* outer) {
  if (const std::string_view op = select.text("op"); !op.empty() && op != "SETOP_NONE") return set_operation(select, outer);
  if (select["valuesLists"]) return limited(ordered(values_list(select, outer), select), select);
  return plain_select(select, outer);
}

Query Resolver::plain_select(Part select, const Frame* outer) { return SelectBuilder(*this, select, outer, depth_ == 1).build(); }

bool Resolver::refuse_clauses(Part select) {
  if (select["lockingClause"]) {
    reporter_.unsupported(0, "FOR UPDATE and FOR SHARE have no meaning here", "leave it out");
    return false;
  }
  if (const Part into = select["intoClause"]) {
    reporter_.unsupported(into["rel"].location(), "SELECT INTO is not portable", "leave it out: the step's name is the table's");
    return false;
  }
  return true;
}

bool Resolver::common_tables(Part with) {
  for (const Part wrapped : with["ctes"]) {
    const Part table = wrapped["CommonTableExpr"];
    const Identifier name = name_of(table.text("ctename"));
    const Part select = table["ctequery"]["SelectStmt"];
    if (!select) {
      reporter_.unsupported(table.location(), "WITH takes SELECTs only");
      return false;
    }
    if (with.flag("recursive") && reads_table(table["ctequery"], name.text())) {
      reporter_.unsupported(table.location(), "recursive queries are not portable", "read a hierarchy from a table that lists its levels");
      return false;
    }
    Query rows = settled(query(select, nullptr));
    if (!rows) return false;
    FromItem item = named(rows.relation, name, rows.names, {}, table.location());
    std::size_t index = 0;
    for (const Part column : table["aliascolnames"]) {
      if (index >= item.scope.items.front().columns.size()) {
        reporter_.error(table.location(), Code::column_count_mismatch, "\"" + name.text() + "\" has fewer columns than names are given");
        return false;
      }
      item.scope.items.front().columns[index++] = name_of(column["String"].text("sval"));
    }
    common_tables_.push_back({name, ir::common(unique_name(name, common_names_), rows.relation), item.scope.items.front().columns});
  }
  return true;
}

Query Resolver::values_list(Part select, const Frame* outer) {
  NameScope nothing;
  Frame frame;
  frame.scope = &nothing;
  frame.outer = outer;
  frame.clause = "VALUES";
  std::vector<std::vector<Operand>> rows;
  for (const Part wrapped : select["valuesLists"]) {
    auto row = expressions(wrapped["List"]["items"], frame);
    if (!row) return {};
    rows.push_back(std::move(*row));
  }
  ir::Columns columns;
  Query result;
  for (std::size_t c = 0; c < rows.front().size(); ++c) {
    columns.push_back({Identifier::exact("column" + std::to_string(c + 1)), ir::Type::of(ir::TypeKind::null), false});
    result.names.push_back(columns.back().name);
    result.places.push_back(rows.front()[c].place);
    result.unnamed.push_back(false);
  }
  std::vector<std::vector<ir::ExpressionPtr>> values(columns.size());
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < std::min(row.size(), columns.size()); ++c) values[c].push_back(row[c].expression);
  }
  std::vector<std::vector<ir::Type>> types;
  for (const auto& column : values) types.push_back(ir::types_together(column));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto& row = rows[r];
    if (row.size() != columns.size()) {
      reporter_.error(row.front().place, Code::column_count_mismatch, "the rows of VALUES have different numbers of columns");
      return {};
    }
    for (std::size_t c = 0; c < row.size(); ++c) {
      const auto type = common_type(columns[c].type, types[c][r]);
      if (!type) {
        reporter_.error(row[c].place, Code::type_mismatch,
                        "column " + std::to_string(c + 1) + " of VALUES is " + to_string(columns[c].type) + " above and " +
                            to_string(row[c].expression->type) + " here");
        return {};
      }
      ir::Column& column = columns.edit()[c];
      column.type = *type;
      column.nullable = column.nullable || row[c].expression->nullable;
    }
  }
  for (ir::Column& column : columns.edit()) {
    if (column.type.kind == ir::TypeKind::null) column.type = ir::Type::of(ir::TypeKind::text);
  }
  std::vector<std::vector<ir::ExpressionPtr>> expressions_of_rows;
  for (auto& row : rows) {
    auto& out = expressions_of_rows.emplace_back();
    for (std::size_t c = 0; c < row.size(); ++c) {
      out.push_back(coerced(std::move(row[c].expression), columns[c].type, row[c].place));
      if (!out.back()) return {};
    }
  }
  result.relation = ir::values(std::move(columns), std::move(expressions_of_rows));
  return result;
}

}  // namespace penstock::sql
