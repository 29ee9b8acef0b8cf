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

/// True if no column occurs in the expression, so that it is the same for every row.
bool is_constant(const ir::Expression& expression);

/// May the computed columns be written out where they are used? `kept` says that they also stay in the output.
bool may_write_out(const Usage& usage, const Env& env, bool kept);

bool uses_kind(const Usage& usage, const Env& env, Slot::Kind kind);
bool all_plain(const Env& env);

}  // namespace penstock::dialects
