#pragma once

#include <string>
#include <vector>

#include "pipelines/ir/function.h"

namespace penstock::meaning {

/// An expression of the portable language that calls a function in one of its many ways.
struct Generated {
  ir::Function function;
  std::string sql;
  bool aggregate = false;  ///< It makes one row of all.
};

/// Calls of every function and operator over the table `wide`: each signature with each type that it takes; columns, computed values,
/// constants, typed and bare NULLs in each place; aggregates with DISTINCT, FILTER, orders, groups and windows. Some are no sentence of
/// the language: those are for the compiler to refuse.
std::vector<Generated> generated_calls();

}  // namespace penstock::meaning
