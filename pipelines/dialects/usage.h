#pragma once

#include <cstdint>
#include <vector>

#include "pipelines/dialects/query.h"

namespace penstock::dialects {

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

/// May the computed columns be written out where they are used? `kept` says that they also stay in the output.
bool may_write_out(const Usage& usage, const Env& env, bool kept);

bool uses_kind(const Usage& usage, const Env& env, Slot::Kind kind);
bool all_plain(const Env& env);

}  // namespace penstock::dialects
