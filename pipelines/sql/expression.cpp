#include <algorithm>

#include "pipelines/base/lookalike.h"
#include "pipelines/base/suggest.h"
#include "pipelines/sql/native.h"
#include "pipelines/sql/resolver.h"

namespace penstock::sql {
namespace {

/// Every tree that comes out is walked by recursion: this bounds the stack of all who follow.
constexpr int kDeepestNesting = 500;

std::vector<std::string> column_names(const Frame& frame, const ScopeItem* item) {
  std::vector<std::string> names;
  for (const Frame* level = &frame; level; level = item ? nullptr : level->outer) {
    for (const ScopeItem& one : level->scope->items) {
      if (item && &one != item) continue;
      for (const Identifier& name : one.columns) names.push_back(name.text());
    }
  }
  return names;
}

bool is_same_but_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [&](char a, char b) { return lower(a) == lower(b); });
}

std::string unknown_column_help(const Identifier& name, const Frame& frame, const std::vector<std::string>& known) {
  const auto is_alias = [&](const Frame& level) {
    return level.aliases && std::find(level.aliases->begin(), level.aliases->end(), name) != level.aliases->end();
  };
  const Frame* level = &frame;
  while (level && !is_alias(*level)) level = level->outer;
  if (level) {
    const std::string step_before = "compute it one step before: with t as (select ... as " + name.text() + " from ...) select ... from t";
    if (level->clause == "the SELECT list") {
      return "\"" + name.text() + "\" names another column of this SELECT list, which its columns cannot see: repeat the expression, or " +
             step_before;
    }
    if (level->clause == "ORDER BY") return "in ORDER BY a name of the SELECT list stands alone: repeat the expression, or " + step_before;
    return std::string(level->clause) + " is computed before the SELECT list: repeat the expression, or filter around a subquery";
  }
  if (is_date_unit(name.text())) return "a unit stands in single quotes: '" + name.text() + "'";
  return known.empty() ? std::string() : "there are " + listed(known);
}

struct Test {
  std::string_view name;
  ir::Function function;
};

constexpr Test kBooleanTests[] = {
    {"IS_TRUE", ir::Function::is_true},           {"IS_NOT_TRUE", ir::Function::is_not_true}, {"IS_FALSE", ir::Function::is_false},
    {"IS_NOT_FALSE", ir::Function::is_not_false}, {"IS_UNKNOWN", ir::Function::is_null},      {"IS_NOT_UNKNOWN", ir::Function::is_not_null},
};

struct Refusal {
  std::string_view tag;
  std::string_view message;
  std::string_view help;
};

constexpr Refusal kRefusals[] = {
    {"A_ArrayExpr", "array constants are not portable", "list the values with VALUES and join them"},
    {"A_Indirection", "parts of arrays and composite values are not portable", "read JSON with ->>"},
    {"RowExpr", "row values are not portable", "compare each column: a = c and b = d"},
    {"CollateClause", "COLLATE is not portable", "text compares by its bytes everywhere; use lower() to ignore case"},
    {"XmlExpr", "XML is not supported", ""},
    {"XmlSerialize", "XML is not supported", ""},
    {"CurrentOfExpr", "cursors are not supported", ""},
    {"SetToDefault", "DEFAULT stands only in INSERT", ""},
};

}  // namespace

bool is_untyped(const ir::Expression& expression) {
  return expression.type.kind == ir::TypeKind::null && std::holds_alternative<ir::Literal>(expression.node);
}

const std::string* untyped_text(const ir::Expression& expression) {
  return is_untyped(expression) ? std::get_if<std::string>(&std::get<ir::Literal>(expression.node).value) : nullptr;
}

bool Resolver::descend(std::size_t place) {
  if (depth_ < kDeepestNesting) return true;
  if (!too_deep_) {
    reporter_.error(place, Code::sql_unsupported, "the expression is nested more than " + std::to_string(kDeepestNesting) + " levels deep",
                    {}, "split it over several columns or steps");
  }
  too_deep_ = true;
  return false;
}

Operand Resolver::expression(Part part, const Frame& frame) {
  const Part inside = part.inside();
  if (!descend(inside.location())) return {};
  ++depth_;
  Operand operand = expression_inside(part.tag(), inside, frame);
  --depth_;
  operand.expression = ir::placed(std::move(operand.expression), reporter_.mark(operand.place));
  return operand;
}

Operand Resolver::expression_inside(std::string_view tag, Part part, const Frame& frame) {
  if (tag == "ColumnRef") return column(part, frame);
  if (tag == "A_Const") return constant(part);
  if (tag == "A_Expr") return operator_expression(part, frame);
  if (tag == "FuncCall") return function_call(part, frame);
  if (tag == "TypeCast") return type_cast(part, frame);
  if (tag == "BoolExpr") return boolean_operator(part, frame);
  if (tag == "CaseExpr") return case_expression(part, frame);
  if (tag == "CoalesceExpr") return coalesce(part, frame);
  if (tag == "MinMaxExpr") return greatest_or_least(part, frame);
  if (tag == "NullTest") return null_test(part, frame);
  if (tag == "BooleanTest") return boolean_test(part, frame);
  if (tag == "SubLink") return subquery(part, frame);
  if (tag == "GroupingFunc") return grouping(part, frame);
  if (tag == "ParamRef") return parameter(part);
  if (tag == "SQLValueFunction") {
    const std::string_view op = part.text("op");
    if (op.starts_with("SVFOP_CURRENT_USER") || op.starts_with("SVFOP_SESSION") || op.starts_with("SVFOP_USER") ||
        op.starts_with("SVFOP_CURRENT_ROLE") || op.starts_with("SVFOP_CURRENT_CATALOG") || op.starts_with("SVFOP_CURRENT_SCHEMA")) {
      reporter_.unsupported(part.location(), "the session's user and schema are not portable");
    } else {
      reporter_.error(part.location(), Code::no_clock, "a step does not read the clock: its rows must not depend on when it runs", {},
                      "use :interval_end, or :run_started_at for the moment of the run");
    }
    return {};
  }
  for (const Refusal& refusal : kRefusals) {
    if (refusal.tag == tag) {
      reporter_.unsupported(part.location(), std::string(refusal.message), std::string(refusal.help));
      return {};
    }
  }
  reporter_.unsupported(part.location(), "this kind of expression is not supported (" + std::string(tag) + ")");
  return {};
}

ir::ExpressionPtr Resolver::condition(Part part, const Frame& frame, std::string_view what) {
  Operand operand = expression(part, frame);
  if (!operand) return nullptr;
  const ir::Type& type = operand.expression->type;
  if (type.kind == ir::TypeKind::boolean || type.is_unknown()) return operand.expression;
  if (is_untyped(*operand.expression)) return coerced(operand.expression, ir::Type::of(ir::TypeKind::boolean), operand.place);
  reporter_.error(operand.place, Code::type_mismatch, std::string(what) + " wants a boolean, and this is " + to_string(type));
  return nullptr;
}

ir::ExpressionPtr Resolver::settled(ir::ExpressionPtr expression) {
  if (!expression || expression->type.kind != ir::TypeKind::null) return expression;
  return coerced(std::move(expression), ir::Type::of(ir::TypeKind::text), 0);
}

Operand Resolver::column(Part part, const Frame& frame) {
  const Part fields = part["fields"];
  std::vector<Identifier> names;
  for (const Part field : fields) {
    if (field.tag() == "A_Star") {
      reporter_.error(part.location(), Code::sql_syntax, "* stands only in the SELECT list and in count(*)");
      return {};
    }
    names.push_back(name_of(field["String"].text("sval")));
  }
  if (names.size() == 1) return find_column(names[0], part.location(), frame);
  if (names.size() == 2) return find_qualified(names[0], names[1], part.location(), frame);
  reporter_.error(part.location(), Code::unknown_column, "a column is named by at most two parts", {},
                  "write table.column, with the name or alias from FROM");
  return {};
}

// Of a table whose columns are not known every name is taken, but none that a person cannot have meant.
Operand Resolver::open_column(const NameScope& scope, const ScopeItem& item, const Identifier& name, int depth,
                              std::size_t place) {
  if (holds_unseen(name.text())) {
    reporter_.error(place, Code::invalid_identifier, "the name \"" + name.text() + "\" is not what it looks like",
                    odd_character(name.text()), "type it anew");
    return {};
  }
  auto known = std::find(item.open->begin(), item.open->end(), name);
  if (known == item.open->end()) known = item.open->insert(item.open->end(), name);
  return {scope.read(kOpenBase + static_cast<int>(known - item.open->begin()), depth), place};
}

Operand Resolver::find_column(const Identifier& name, std::size_t place, const Frame& frame) {
  int depth = 0;
  for (const Frame* level = &frame; level; level = level->outer, ++depth) {
    std::vector<int> positions;
    std::string owners;
    for (const MergedColumn& merged : level->scope->merged) {
      if (merged.name == name && positions.empty()) return {level->scope->read(merged, depth), place};
    }
    for (const ScopeItem& item : level->scope->items) {
      for (std::size_t i = 0; i < item.columns.size(); ++i) {
        if (item.columns[i] != name || level->scope->is_hidden(item.first + static_cast<int>(i))) continue;
        positions.push_back(item.first + static_cast<int>(i));
        owners += (owners.empty() ? "" : " or ") + item.name.text() + "." + name.text();
      }
    }
    if (positions.size() == 1) return {level->scope->read(positions[0], depth), place};
    if (positions.size() > 1) {
      reporter_.error(place, Code::ambiguous_column, "column \"" + name.text() + "\" is in more than one table", {}, "write " + owners);
      return {};
    }
    std::vector<const ScopeItem*> open;
    for (const ScopeItem& item : level->scope->items) {
      if (item.open) open.push_back(&item);
    }
    if (open.size() > 1) {
      reporter_.error(place, Code::ambiguous_column,
                      "column \"" + name.text() + "\" may be in more than one table whose columns are not known", {},
                      "write " + open[0]->name.text() + "." + name.text() + " or " + open[1]->name.text() + "." + name.text());
      return {};
    }
    if (open.size() == 1) return open_column(*level->scope, *open[0], name, depth, place);
  }
  report_unknown_column(name, place, frame, nullptr);
  return {};
}

Operand Resolver::find_qualified(const Identifier& table, const Identifier& name, std::size_t place, const Frame& frame) {
  int depth = 0;
  std::vector<std::string> tables;
  for (const Frame* level = &frame; level; level = level->outer, ++depth) {
    for (const ScopeItem& item : level->scope->items) {
      tables.push_back(item.name.text());
      if (item.name != table) continue;
      const auto count = std::count(item.columns.begin(), item.columns.end(), name);
      if (count > 1) {
        reporter_.error(place, Code::ambiguous_column, "\"" + table.text() + "\" has more than one column \"" + name.text() + "\"");
        return {};
      }
      if (count == 1) {
        const auto index = std::find(item.columns.begin(), item.columns.end(), name) - item.columns.begin();
        return {level->scope->read(item.first + static_cast<int>(index), depth), place};
      }
      if (item.open) return open_column(*level->scope, item, name, depth, place);
      report_unknown_column(name, place, frame, &item);
      return {};
    }
  }
  reporter_.error(place, Code::unknown_table, "there is no table \"" + table.text() + "\" in FROM", did_you_mean(table.text(), tables),
                  tables.empty() ? std::string() : "there are " + listed(tables));
  return {};
}

void Resolver::report_unknown_column(const Identifier& name, std::size_t place, const Frame& frame, const ScopeItem* item) {
  const std::vector<std::string> known = column_names(frame, item);
  const std::string where = item ? " in \"" + item->name.text() + "\"" : std::string();
  std::string help = unknown_column_help(name, frame, known);
  const std::string& text = reporter_.masked().text;
  const bool is_quoted = place < text.size() && text[place] == '"';
  std::string meant = did_you_mean(name.text(), known);
  const auto same = std::find_if(known.begin(), known.end(), [&](const std::string& one) { return is_same_but_case(one, name.text()); });
  if (same != known.end()) {
    help = is_quoted ? "in double quotes a name is read as it is written: it is \"" + *same + "\""
                     : "a name without double quotes is read in lower case: write \"" + *same + "\" with its quotes";
  }
  if (is_quoted && meant.empty()) help = "text stands in single quotes, names in double quotes: '" + name.text() + "'";
  reporter_.error(place, Code::unknown_column, "there is no column \"" + name.text() + "\"" + where, std::move(meant), std::move(help));
}

Operand Resolver::parameter(Part part) {
  const std::size_t place = part.location();
  const ParameterUse* use = reporter_.masked().parameter_at(place);
  if (!use) {
    reporter_.error(place, Code::sql_syntax, "parameters are written :name");
    return {};
  }
  const auto found = parameters_.find(use->name);
  if (found != parameters_.end()) return {ir::parameter(use->name, found->second), place};
  report_unknown_parameter(use->name, reporter_.place(place), parameters_, reporter_.diagnostics());
  return {};
}

std::optional<std::vector<Operand>> Resolver::expressions(Part list, const Frame& frame) {
  std::vector<Operand> operands;
  bool good = true;
  for (const Part part : list) {
    operands.push_back(expression(part, frame));
    good = good && operands.back();
  }
  if (!good) return std::nullopt;
  return operands;
}

Operand Resolver::boolean_operator(Part part, const Frame& frame) {
  const std::string_view op = part.text("boolop");
  const std::string_view name = op == "AND_EXPR" ? "AND" : op == "OR_EXPR" ? "OR" : "NOT";
  std::vector<ir::ExpressionPtr> conditions;
  bool good = true;
  for (const Part argument : part["args"]) {
    conditions.push_back(condition(argument, frame, name));
    good = good && conditions.back();
  }
  if (!good) return {};
  const ir::Function function = op == "AND_EXPR"  ? ir::Function::logical_and
                                : op == "OR_EXPR" ? ir::Function::logical_or
                                                  : ir::Function::logical_not;
  return {ir::call(function, std::move(conditions)), part.location()};
}

Operand Resolver::boolean_test(Part part, const Frame& frame) {
  ir::ExpressionPtr operand = condition(part["arg"], frame, "IS TRUE or IS FALSE");
  if (!operand) return {};
  for (const Test& test : kBooleanTests) {
    if (test.name == part.text("booltesttype")) return {ir::call(test.function, {std::move(operand)}), part.location()};
  }
  return {ir::call(ir::Function::is_true, {std::move(operand)}), part.location()};
}

Operand Resolver::null_test(Part part, const Frame& frame) {
  Operand operand = expression(part["arg"], frame);
  if (!operand) return {};
  const bool negative = part.text("nulltesttype") == "IS_NOT_NULL";
  return {ir::call(negative ? ir::Function::is_not_null : ir::Function::is_null, {settled(std::move(operand.expression))}), operand.place};
}

Operand Resolver::case_expression(Part part, const Frame& frame) {
  Operand compared;
  const bool has_operand = static_cast<bool>(part["arg"]);
  if (has_operand) compared = expression(part["arg"], frame);
  bool good = !has_operand || compared;
  std::vector<ir::ExpressionPtr> conditions;
  std::vector<Operand> results;
  for (const Part wrapped : part["args"]) {
    const Part when = wrapped.inside();
    ir::ExpressionPtr when_condition;
    if (has_operand) {
      Operand value = expression(when["expr"], frame);
      if (value && compared) when_condition = binary("=", compared, value, value.place).expression;
    } else {
      when_condition = condition(when["expr"], frame, "WHEN");
    }
    results.push_back(expression(when["result"], frame));
    conditions.push_back(std::move(when_condition));
    good = good && conditions.back() && results.back();
  }
  if (part["defresult"]) {
    results.push_back(expression(part["defresult"], frame));
    good = good && results.back();
  }
  if (!good) return {};
  ir::Type type = ir::Type::of(ir::TypeKind::null);
  bool unknown = false;
  std::vector<ir::ExpressionPtr> values;
  for (const Operand& result : results) values.push_back(result.expression);
  const std::vector<ir::Type> types = ir::types_together(values);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Operand& result = results[i];
    unknown = unknown || types[i].is_unknown();
    if (types[i].is_unknown()) continue;
    const auto common = common_type(type, types[i]);
    if (!common) {
      reporter_.error(result.place, Code::type_mismatch,
                      "the branches of CASE give " + to_string(type) + " and " + to_string(result.expression->type), {},
                      "cast one of them");
      return {};
    }
    type = *common;
  }
  if (type.kind == ir::TypeKind::null) type = ir::Type::of(unknown ? ir::TypeKind::unknown : ir::TypeKind::text);
  ir::Case node;
  bool nullable = !part["defresult"];
  for (std::size_t i = 0; i < results.size(); ++i) {
    ir::ExpressionPtr result = coerced(results[i].expression, type, results[i].place);
    if (!result) return {};
    nullable = nullable || result->nullable;
    if (i < conditions.size()) {
      node.branches.push_back({std::move(conditions[i]), std::move(result)});
    } else {
      node.otherwise = std::move(result);
    }
  }
  if (unknown) type = ir::Type{};
  return {std::make_shared<const ir::Expression>(ir::Expression{std::move(node), std::move(type), nullable}), part.location()};
}

Operand Resolver::coalesce(Part part, const Frame& frame) {
  auto operands = expressions(part["args"], frame);
  return operands ? apply(ir::Function::coalesce, std::move(*operands), part.location()) : Operand{};
}

Operand Resolver::greatest_or_least(Part part, const Frame& frame) {
  auto operands = expressions(part["args"], frame);
  const ir::Function function = part.text("op") == "IS_LEAST" ? ir::Function::least : ir::Function::greatest;
  return operands ? apply(function, std::move(*operands), part.location()) : Operand{};
}

}  // namespace penstock::sql
