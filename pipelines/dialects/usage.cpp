#include "pipelines/dialects/usage.h"

#include <algorithm>

namespace penstock::dialects {
namespace {

bool fails_by_value(ir::Function function) {
  using F = ir::Function;
  switch (function) {
    case F::divide_integers:
    case F::divide_decimals:
    case F::divide_floats:
    case F::modulo:
    case F::power:
    case F::square_root:
    case F::natural_logarithm:
    case F::logarithm10:
    case F::substring:
    case F::make_date:
    case F::chr:
      return true;
    default:
      return false;
  }
}

void count(const ir::Expression& expression, Usage& usage) {
  if (const auto* column = std::get_if<ir::ColumnRef>(&expression.node)) {
    if (column->depth == 0) ++usage.counts[static_cast<std::size_t>(column->column)];
    return;
  }
  if (std::holds_alternative<ir::Subquery>(expression.node)) usage.subquery = true;
  each_child(expression, [&](const ir::Expression& child) { count(child, usage); });
}

}  // namespace

void Usage::add(const ir::ExpressionPtr& expression) {
  if (expression) count(*expression, *this);
}

void Usage::add(const ir::AggregateCall& call) {
  for (const auto& argument : call.arguments) add(argument);
  for (const auto& key : call.order_by) add(key.expression);
  add(call.filter);
}

void Usage::add(const ir::WindowCall& call) {
  for (const auto& argument : call.arguments) add(argument);
  for (const auto& key : call.partition_by) add(key);
  for (const auto& key : call.order_by) add(key.expression);
  add(call.filter);
}

std::uint32_t weight_of(const ir::Expression& expression, const Env& env) {
  if (const auto* column = std::get_if<ir::ColumnRef>(&expression.node)) {
    return column->depth == 0 ? env.slots[static_cast<std::size_t>(column->column)].weight : 1;
  }
  if (std::holds_alternative<ir::Subquery>(expression.node)) return kHeaviest;
  std::uint32_t weight = 1;
  each_child(expression, [&](const ir::Expression& child) { weight = std::min(kHeaviest, weight + weight_of(child, env)); });
  return weight;
}

bool is_constant(const ir::Expression& expression, const Env& env) {
  if (std::holds_alternative<ir::Subquery>(expression.node)) return false;
  if (const auto* column = std::get_if<ir::ColumnRef>(&expression.node)) {
    const Env* there = &env;
    for (int depth = column->depth; depth > 0; --depth) there = there->outer;
    return is_constant(there->slots[static_cast<std::size_t>(column->column)]);
  }
  bool constant = true;
  each_child(expression, [&](const ir::Expression& child) { constant = constant && is_constant(child, env); });
  return constant;
}

bool is_constant(const Slot& slot) { return slot.kind == Slot::Kind::expression && is_constant(*slot.expression, *slot.env); }

bool may_fail(const ir::Expression& expression, const Env& env) {
  if (const auto* column = std::get_if<ir::ColumnRef>(&expression.node)) {
    if (column->depth > 0) return false;
    const Slot& slot = env.slots[static_cast<std::size_t>(column->column)];
    return slot.kind == Slot::Kind::expression && may_fail(*slot.expression, *slot.env);
  }
  if (const auto* call = std::get_if<ir::Call>(&expression.node); call != nullptr && fails_by_value(call->function)) return true;
  if (const auto* cast = std::get_if<ir::Cast>(&expression.node)) {
    const ir::Type& from = cast->operand->type;
    const bool reads_text = from.is_text() && !expression.type.is_text();
    const bool narrows = from.is_number() && expression.type.is_number() && ir::is_assignable(from, expression.type) != ir::Verdict::proven;
    if (reads_text || narrows) return true;
  }
  bool fails = false;
  each_child(expression, [&](const ir::Expression& child) { fails = fails || may_fail(child, env); });
  return fails;
}

bool may_write_out(const Usage& usage, const Env& env, bool kept) {
  constexpr std::uint32_t kLightEnough = 24;
  for (std::size_t i = 0; i < env.slots.size(); ++i) {
    const Slot& slot = env.slots[i];
    if (slot.weight <= 1 || usage.counts[i] == 0) continue;
    const std::uint32_t times = usage.counts[i] + (kept ? 1U : 0U);
    if (times > 1 && times * slot.weight > kLightEnough) return false;
  }
  return true;
}

bool uses_kind(const Usage& usage, const Env& env, Slot::Kind kind) {
  // A column computed from an aggregate or a window function needs the same care as the function itself.
  const auto holds = [&](const auto& self, const Slot& slot) -> bool {
    if (slot.kind == kind) return true;
    if (slot.kind != Slot::Kind::expression) return false;
    Usage inner(*slot.env);
    count(*slot.expression, inner);
    for (std::size_t i = 0; i < inner.counts.size(); ++i) {
      if (inner.counts[i] > 0 && self(self, slot.env->slots[i])) return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < env.slots.size(); ++i) {
    if (usage.counts[i] > 0 && holds(holds, env.slots[i])) return true;
  }
  return false;
}

bool all_plain(const Env& env) {
  return std::all_of(env.slots.begin(), env.slots.end(), [](const Slot& slot) { return slot.kind == Slot::Kind::column; });
}

}  // namespace penstock::dialects
