#include "pipelines/components/joining.h"

#include <algorithm>
#include <string>

#include "pipelines/components/building.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

using Kind = ir::Join::Kind;

int width(const Input& input) { return static_cast<int>(input.relation->columns.size()); }

ir::ExpressionPtr equal_columns(const model::Node& name, const Input& left, const Input& right, Context& context) {
  const auto first = read_column(name, left.relation->columns, "\"" + left.name.text() + "\"", context);
  const auto second = read_column(name, right.relation->columns, "\"" + right.name.text() + "\"", context);
  if (!first || !second) return nullptr;
  const ir::Column& theirs = right.relation->columns[static_cast<std::size_t>(*second)];
  const ir::Column& ours = left.relation->columns[static_cast<std::size_t>(*first)];
  ir::ExpressionPtr equal = fitted_call(
      ir::Function::equal, {ir::column(*first, ours.type, ours.nullable), ir::column(width(left) + *second, theirs.type, theirs.nullable)});
  if (!equal) {
    context.diagnostics.error(Code::type_mismatch, name.where,
                              "\"" + name.text + "\" is " + ir::to_string(ours.type) + " on the left and " + ir::to_string(theirs.type) +
                                  " in \"" + right.name.text() + "\"",
                              {},
                              "write the condition with a cast: on: " + name.text + "::" + ir::to_string(theirs.type) + " = " +
                                  right.name.text() + "." + name.text);
  }
  return ir::placed(std::move(equal), context.expressions.place(name));
}

std::optional<int> plain_column(const ir::ExpressionPtr& expression) {
  if (const auto* cast = std::get_if<ir::Cast>(&expression->node)) return plain_column(cast->operand);
  const auto* read = std::get_if<ir::ColumnRef>(&expression->node);
  if (!read || read->depth != 0) return std::nullopt;
  return read->column;
}

// The pairs (left column, right column) that the condition makes equal.
void collect_equal(const ir::Expression& condition, int left_width, std::vector<std::pair<int, int>>& pairs) {
  const auto* call = std::get_if<ir::Call>(&condition.node);
  if (!call) return;
  if (call->function == ir::Function::logical_and) {
    for (const auto& argument : call->arguments) collect_equal(*argument, left_width, pairs);
    return;
  }
  if (call->function != ir::Function::equal) return;
  const auto first = plain_column(call->arguments[0]);
  const auto second = plain_column(call->arguments[1]);
  if (!first || !second || (*first < left_width) == (*second < left_width)) return;
  pairs.emplace_back(std::min(*first, *second), std::max(*first, *second) - left_width);
}

void report_clash(const Taken& column, const Joining& joining, Context& context) {
  const std::string& table = joining.right.name.text();
  context.diagnostics.error(Code::duplicate_column, column.where, "both sides of the join have a column \"" + column.name.text() + "\"", {},
                            "name what to take (columns: [..., {" + table + "_" + column.name.text() + ": " + column.name.text() +
                                "}]), put a prefix before all of them (prefix: " + table + "_), or rename one before the join");
}

// What the left column holds once the equal right one is left out.
ir::ExpressionPtr merged(Kind kind, const ir::ExpressionPtr& left, const ir::ExpressionPtr& right) {
  if (kind == Kind::right) return right;
  if (kind == Kind::full) {
    if (ir::ExpressionPtr either = fitted_call(ir::Function::coalesce, {left, right})) return either;
  }
  return left;
}

/// The left side's rows as far as the condition looks at them, each once, and the condition over them and the right side.
struct Probe {
  ir::RelationPtr left;
  ir::ExpressionPtr condition;
};

Probe probe_of(const Joining& joining) {
  const int left_width = width(joining.left);
  std::vector<int> read;
  for (const int index : columns_read(*joining.condition)) {
    if (index < left_width) read.push_back(index);
  }
  if (read.empty()) {
    for (int i = 0; i < left_width; ++i) read.push_back(i);
  }
  const int probe_width = static_cast<int>(read.size());
  const auto map = [&](int index) {
    if (index >= left_width) return index - left_width + probe_width;
    return static_cast<int>(std::find(read.begin(), read.end(), index) - read.begin());
  };
  return {ir::distinct(ir::project(joining.left.relation, columns_at(*joining.left.relation, read))), map_columns(joining.condition, map)};
}

void add_check(const Joining& joining, const std::string& what, ir::RelationPtr failing, Span where, Context& context) {
  const std::string wanted = "join_" + joining.right.name.text() + "_" + what;
  std::string name = wanted;
  const auto is_used = [&] {
    return std::any_of(context.implied_checks.begin(), context.implied_checks.end(), [&](const auto& check) { return check.name == name; });
  };
  for (int number = 2; is_used(); ++number) name = wanted + "_" + std::to_string(number);
  context.implied_checks.push_back({name, std::move(failing), where});
}

}  // namespace

ir::ExpressionPtr read_condition(const model::Node& on, const Input& left, const Input& right, Context& context) {
  if (on.kind != model::Node::Kind::sequence) {
    return context.expressions.predicate(on, {{{left.name, left.relation->columns}, {right.name, right.relation->columns}}});
  }
  std::vector<ir::ExpressionPtr> equal;
  bool good = !on.items.empty();
  if (!good) context.diagnostics.error(Code::invalid_component, on.where, "\"on\" needs at least one column");
  for (const model::Node& name : on.items) {
    equal.push_back(equal_columns(name, left, right, context));
    good = equal.back() && good;
  }
  return good ? ir::all_of(std::move(equal)) : nullptr;
}

std::optional<std::vector<Taken>> read_taken(const model::Node& columns, const Input& right, Context& context) {
  std::vector<Taken> taken;
  bool good = true;
  const std::string whose = "\"" + right.name.text() + "\"";
  for (const model::Node* item : items_of(columns)) {
    if (item->kind != model::Node::Kind::mapping) {
      const auto index = read_column(*item, right.relation->columns, whose, context);
      good = index && good;
      if (index) taken.push_back({*index, right.relation->columns[static_cast<std::size_t>(*index)].name, item->where});
      continue;
    }
    for (const model::Node::Entry& entry : item->entries) {
      const auto name = read_name(entry.key, entry.where, context);
      const auto index = read_column(entry.value, right.relation->columns, whose, context);
      good = name && index && good;
      if (name && index) taken.push_back({*index, *name, entry.where});
    }
  }
  if (!good) return std::nullopt;
  return taken;
}

bool is_equal_key(const Joining& joining, const Taken& column) {
  const auto clash = ir::find_column(joining.left.relation->columns, column.name);
  if (!clash || !joining.condition) return false;
  std::vector<std::pair<int, int>> equal;
  collect_equal(*joining.condition, width(joining.left), equal);
  return std::find(equal.begin(), equal.end(), std::pair(*clash, column.column)) != equal.end();
}

ir::RelationPtr joined(const Joining& joining, const std::vector<Taken>& taken, Context& context) {
  const ir::RelationPtr rows = ir::join(joining.kind, joining.left.relation, joining.right.relation, joining.condition);
  if (joining.kind == Kind::semi || joining.kind == Kind::anti) return rows;
  const int left_width = width(joining.left);
  std::vector<ir::NamedExpression> columns;
  OutputNames names;
  for (int i = 0; i < left_width; ++i) {
    columns.push_back({rows->columns[static_cast<std::size_t>(i)].name, ir::column_of(*rows, i)});
    names.add(columns.back().name, {}, context);
  }
  bool good = true;
  for (const Taken& column : taken) {
    const ir::ExpressionPtr value = ir::column_of(*rows, left_width + column.column);
    const auto clash = ir::find_column(joining.left.relation->columns, column.name);
    if (!clash) {
      good = names.add(column.name, column.where, context) && good;
      columns.push_back({column.name, value});
      continue;
    }
    if (!is_equal_key(joining, column)) {
      report_clash(column, joining, context);
      good = false;
      continue;
    }
    ir::NamedExpression& ours = columns[static_cast<std::size_t>(*clash)];
    ours.expression = merged(joining.kind, ours.expression, value);
  }
  return good ? ir::project(rows, std::move(columns)) : nullptr;
}

void expect_at_most_one(const Joining& joining, Span where, Context& context) {
  const Probe probe = probe_of(joining);
  const ir::RelationPtr matches = ir::join(Kind::inner, probe.left, joining.right.relation, probe.condition);
  std::vector<ir::NamedExpression> keys;
  for (std::size_t i = 0; i < probe.left->columns.size(); ++i) {
    keys.push_back({probe.left->columns[i].name, ir::column_of(*matches, static_cast<int>(i))});
  }
  const int count = static_cast<int>(keys.size());
  const ir::RelationPtr counted = ir::aggregate(matches, std::move(keys), {count_of_rows(unused_name(probe.left->columns, "matches"))});
  const ir::ExpressionPtr one = ir::literal(std::int64_t{1}, counted->columns.back().type);
  add_check(joining, "at_most_one", ir::filter(counted, ir::call(ir::Function::greater, {ir::column_of(*counted, count), one})), where,
            context);
}

void expect_at_least_one(const Joining& joining, Span where, Context& context) {
  const Probe probe = probe_of(joining);
  add_check(joining, "at_least_one", ir::join(Kind::anti, probe.left, joining.right.relation, probe.condition), where, context);
}

}  // namespace penstock::components
