#include "pipelines/sql/expressions.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>

#include "pipelines/ir/equal.h"
#include "pipelines/sql/comments.h"
#include "pipelines/sql/reading.h"

namespace penstock::sql {
namespace {

/// An expression is parsed inside of a SELECT; what is put before it does not count in its places.
constexpr std::string_view kBeforeExpression = "select ";
constexpr std::string_view kBeforeKey = "select 1 order by ";

/// The scope of a component in the resolver's terms.
class ScopeReader {
 public:
  explicit ScopeReader(const ir::Scope& scope) {
    for (const ir::Scope::Item& item : scope.items) {
      ScopeItem one;
      one.name = item.name;
      one.first = static_cast<int>(names_.columns.size());
      for (const ir::Column& column : item.columns) {
        one.columns.push_back(column.name);
        names_.columns.push_back(column);
      }
      if (item.open) one.open = &open_.emplace_back();
      names_.items.push_back(std::move(one));
    }
  }
  ScopeReader(const ScopeReader&) = delete;
  ScopeReader& operator=(const ScopeReader&) = delete;

  const NameScope& names() const { return names_; }

 private:
  NameScope names_;
  std::deque<OpenColumns> open_;
};

/// Moves the columns that open items were asked for behind all that are known.
class OpenPlacing final : public ir::Rewriter {
 public:
  OpenPlacing(const NameScope& names, std::vector<Expressions::OpenColumn>& open) : names_(names), open_(open) {}

 protected:
  ir::ExpressionPtr replace_expression(const ir::ExpressionPtr& expression) override {
    const auto* read = std::get_if<ir::ColumnRef>(&expression->node);
    if (!read || read->depth != depth_ || read->column < kOpenBase || read->column >= kAggregateBase) return nullptr;
    return ir::column_for(*expression, place(read->column - kOpenBase), depth_);
  }
  void enter_subquery() override { ++depth_; }
  void leave_subquery() override { --depth_; }

 private:
  int place(int index) {
    for (const ScopeItem& item : names_.items) {
      if (!item.open) continue;
      const Identifier& name = (*item.open)[static_cast<std::size_t>(index)];
      const auto same = [&](const Expressions::OpenColumn& one) { return one.item == item.name && one.column == name; };
      auto known = std::find_if(open_.begin(), open_.end(), same);
      if (known == open_.end()) known = open_.insert(open_.end(), {item.name, name});
      return static_cast<int>(names_.columns.size() + static_cast<std::size_t>(known - open_.begin()));
    }
    return index;
  }

  const NameScope& names_;
  std::vector<Expressions::OpenColumn>& open_;
  int depth_ = 0;
};

bool is_bare(Part select) {
  const Part target = select["targetList"].first()["ResTarget"];
  constexpr std::array<std::string_view, 13> kClauses{"fromClause",  "whereClause", "groupClause",  "havingClause", "windowClause",
                                                      "valuesLists", "sortClause",  "limitCount",   "limitOffset",  "distinctClause",
                                                      "withClause",  "intoClause",  "lockingClause"};
  return select["targetList"].size() == 1 && select.text("op") == "SETOP_NONE" && !target["name"] &&
         std::none_of(kClauses.begin(), kClauses.end(), [&](std::string_view clause) { return static_cast<bool>(select[clause]); });
}

bool is_bare_expression(Part select, const Reporter& reporter) {
  if (is_bare(select)) return true;
  reporter.error(kBeforeExpression.size(), Code::sql_syntax, "one expression is wanted here, without an alias", {},
                 "a whole SELECT belongs under sql:");
  return false;
}

bool is_ordered(Part select) { return static_cast<bool>(select["sortClause"]); }

/// Parses the text of one expression and gives the part that `read` wants, with a resolver for it.
template <typename Read>
bool with_select(const model::Node& text, std::string_view before, const Tables* tables, const Parameters& parameters,
                 Diagnostics& diagnostics, ir::Place first, const Read& read) {
  const std::string whole = std::string(before) + text.text;
  const Masked masked = mask(whole);
  const Reporter reporter(text, masked, before.size(), diagnostics, first ? first : ir::Place{1});
  if (text.text.find_first_not_of(" \n\t\r") == std::string::npos) {
    reporter.error(before.size(), Code::sql_syntax, "an expression is wanted here");
    return false;
  }
  if (!is_readable(masked, reporter) || loses_lines(text, {}, diagnostics)) return false;
  const auto tree = SyntaxTree::parse(masked.text);
  if (!tree) {
    if (!is_cut_short(text, tree.error(), diagnostics)) report_syntax_error(tree.error(), reporter, whole);
    return false;
  }
  if (goes_on(text, before, before == kBeforeKey ? is_ordered : is_bare, diagnostics)) return false;
  const auto select = single_select(*tree, reporter);
  if (!select) return false;
  Resolver::OpenTables open;
  Resolver resolver(reporter, tables, parameters, open);
  return read(*select, resolver, reporter);
}

}  // namespace

ir::ExpressionPtr Expressions::scalar(const model::Node& text, const ir::Scope& scope) {
  ScopeReader reader(scope);
  ir::ExpressionPtr result;
  const auto read = [&](Part select, Resolver& resolver, const Reporter& reporter) {
    if (!is_bare_expression(select, reporter)) return false;
    Frame frame;
    frame.scope = &reader.names();
    frame.clause = "this expression";
    result = resolver.settled(resolver.expression(select["targetList"].first()["ResTarget"]["val"], frame).expression);
    return true;
  };
  with_select(text, kBeforeExpression, tables_, parameters_, diagnostics_, place(text), read);
  return result ? OpenPlacing(reader.names(), open_columns_).rewrite(result) : nullptr;
}

ir::ExpressionPtr Expressions::predicate(const model::Node& text, const ir::Scope& scope) {
  ScopeReader reader(scope);
  ir::ExpressionPtr result;
  const auto read = [&](Part select, Resolver& resolver, const Reporter& reporter) {
    if (!is_bare_expression(select, reporter)) return false;
    Frame frame;
    frame.scope = &reader.names();
    frame.clause = "this condition";
    result = resolver.condition(select["targetList"].first()["ResTarget"]["val"], frame, "this condition");
    return true;
  };
  with_select(text, kBeforeExpression, tables_, parameters_, diagnostics_, place(text), read);
  return result ? OpenPlacing(reader.names(), open_columns_).rewrite(result) : nullptr;
}

bool Expressions::sort_key(const model::Node& text, const ir::Scope& scope, ir::SortKey& key) {
  ScopeReader reader(scope);
  const auto read = [&](Part select, Resolver& resolver, const Reporter& reporter) {
    const Part keys = select["sortClause"];
    if (keys.size() != 1 || select["limitCount"] || select["limitOffset"] || select["lockingClause"]) {
      reporter.error(kBeforeKey.size(), Code::sql_syntax, "one sort key is wanted here: an expression, asc or desc, nulls first or last");
      return false;
    }
    Frame frame;
    frame.scope = &reader.names();
    frame.clause = "a sort key";
    const Part sort_by = keys.first()["SortBy"];
    if (sort_by["node"]["A_Const"]) {
      reporter.error(kBeforeKey.size(), Code::sql_syntax, "a constant is no sort key: name the column");
      return false;
    }
    auto found = resolver.sort_key(sort_by, resolver.expression(sort_by["node"], frame));
    if (!found) return false;
    key = std::move(*found);
    key.expression = OpenPlacing(reader.names(), open_columns_).rewrite(key.expression);
    return true;
  };
  return with_select(text, kBeforeKey, tables_, parameters_, diagnostics_, place(text), read);
}

ir::ExpressionPtr Expressions::aggregate(const model::Node& text, const ir::Scope& scope, std::span<const ir::NamedExpression> keys,
                                         std::vector<ir::Aggregate::NamedCall>& calls) {
  ScopeReader reader(scope);
  ir::ExpressionPtr result;
  const auto read = [&](Part select, Resolver& resolver, const Reporter& reporter) {
    if (!is_bare_expression(select, reporter)) return false;
    LiftedCalls lifted;
    for (const auto& [name, call] : calls) lifted.aggregates.push_back(call);
    Frame frame;
    frame.scope = &reader.names();
    frame.calls = &lifted;
    frame.clause = "this expression";
    frame.aggregates = true;
    ir::ExpressionPtr raw = resolver.settled(resolver.expression(select["targetList"].first()["ResTarget"]["val"], frame).expression);
    if (!raw) return false;
    GroupLifting lifting(keys, lifted, reader.names().columns, reporter);
    raw = lifting.rewrite(raw);
    if (!lifting.is_good()) return false;
    std::set<Identifier> taken;
    for (const ir::NamedExpression& key : keys) taken.insert(key.name);
    for (const auto& [name, call] : calls) taken.insert(name);
    for (std::size_t i = calls.size(); i < lifted.aggregates.size(); ++i) {
      ir::AggregateCall call = lifted.aggregates[i];
      OpenPlacing placing(reader.names(), open_columns_);
      for (ir::ExpressionPtr& argument : call.arguments) argument = placing.rewrite(argument);
      if (call.filter) call.filter = placing.rewrite(call.filter);
      for (ir::SortKey& key : call.order_by) key.expression = placing.rewrite(key.expression);
      calls.push_back({unique_name(Identifier::exact(std::string(ir::spec(call.function).name)), taken), std::move(call)});
    }
    result = std::move(raw);
    return true;
  };
  with_select(text, kBeforeExpression, tables_, parameters_, diagnostics_, place(text), read);
  return result;
}

}  // namespace penstock::sql
