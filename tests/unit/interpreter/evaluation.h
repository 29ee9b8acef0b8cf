#pragma once

#include <vector>

#include "tests/unit/interpreter/interpreter.h"

namespace penstock::testing {

/// The rows around an expression: back() is depth 0.
using Surroundings = std::vector<const Row*>;

ir::Value evaluate(const ir::Expression& expression, const Surroundings& around, const Interpreter& target);
bool is_true(const ir::ExpressionPtr& condition, const Surroundings& around, const Interpreter& target);
Rows evaluate(const ir::Relation& relation, const Surroundings& around, const Interpreter& target);

bool is_null(const ir::Value& value);
/// Less than 0, 0 or more; NULL after everything.
int compare(const ir::Value& left, const ir::Value& right);
/// Less, with NULLs where the key says.
bool comes_before(const std::vector<ir::SortKey>& keys, const Surroundings& left, const Surroundings& right, const Interpreter& target);

[[noreturn]] void not_understood(const char* what);

}  // namespace penstock::testing
