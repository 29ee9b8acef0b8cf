#pragma once

#include <cstdint>
#include <vector>

#include "pipelines/dialects/query.h"

namespace penstock::dialects {

/// Visits what an expression is made of; the relation of a subquery is not.
template <typename Visit>
void each_child(const ir::Expression& expression, const Visit& visit) {
  if (const auto* call = std::get_if<ir::Call>(&expression.node)) {
    for (const auto& argument : call->arguments) visit(*argument);
  } else if (const auto* cast = std::get_if<ir::Cast>(&expression.node)) {
    visit(*cast->operand);
  } else if (const auto* cases = std::get_if<ir::Case>(&expression.node)) {
    for (const auto& branch : cases->branches) {
      visit(*branch.condition);
      visit(*branch.result);
    }
    if (cases->otherwise) visit(*cases->otherwise);
  } else if (const auto* list = std::get_if<ir::InList>(&expression.node)) {
    visit(*list->operand);
    for (const auto& option : list->options) visit(*option);
  } else if (const auto* subquery = std::get_if<ir::Subquery>(&expression.node)) {
    if (subquery->operand) visit(*subquery->operand);
  }
}

/// How an operator's expressions use the columns of its input.
struct Usage {
  std::vector<std::uint16_t> counts;  ///< Per slot.
  bool subquery = false;              ///< One of them holds a subquery; what that uses is not counted.

  explicit Usage(const Env& env) : counts(env.slots.size(), 0) {}
  void add(const ir::ExpressionPtr& expression);
  void add(const ir::AggregateCall& call);
  void add(const ir::WindowCall& call);
};

/// Weights stop here: whatever is heavier is never printed twice.
inline constexpr std::uint32_t kHeaviest = 1000;

/// The nodes that printing the expression over these columns costs.
std::uint32_t weight_of(const ir::Expression& expression, const Env& env);

/// True if the expression is the same for every row: no column occurs in it, and none in the computed columns that it is made of. Such a
/// thing is never a key of an order or a group: printed there, a whole number would be the place of a column.
bool is_constant(const ir::Expression& expression, const Env& env);
bool is_constant(const Slot& slot);

/// True where PostgreSQL fails for some values, other than by an overflow: a division, a root, a text that is no number.
bool may_fail(const ir::Expression& expression, const Env& env);

/// May the computed columns be written out where they are used? `kept` says that they also stay in the output.
bool may_write_out(const Usage& usage, const Env& env, bool kept);

bool uses_kind(const Usage& usage, const Env& env, Slot::Kind kind);
bool all_plain(const Env& env);

}  // namespace penstock::dialects
