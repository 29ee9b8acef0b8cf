#pragma once

#include <vector>

#include "pipelines/components/component.h"

namespace penstock::components {

/// How the columns of several inputs are brought together for a set operation.
enum class Matching {
  same_names,    ///< Every input has the same names; their order does not matter.
  all_names,     ///< Every name of any input; NULL where an input does not have it.
  common_names,  ///< The names that every input has.
  position,      ///< The first with the first, and so on; names are those of the first input.
};

/// The inputs projected to the same columns in the same order with PostgreSQL's common types; empty after diagnostics.
std::vector<ir::RelationPtr> align(const std::vector<const Input*>& inputs, Matching matching, Span where, Context& context);

/// The input and the relations that `names` lists; empty after diagnostics.
std::vector<const Input*> inputs_with(const Input& input, const model::Node& names, Context& context);

/// A set operation over aligned inputs.
ir::RelationPtr combine(ir::SetOperation::Kind kind, std::vector<ir::RelationPtr> inputs);

}  // namespace penstock::components
