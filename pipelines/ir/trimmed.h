#pragma once

#include <functional>

#include "pipelines/ir/expression.h"

namespace penstock::ir {

/// Is it sure that the text never ends in a blank? `column` answers for the columns that it reads. NULL is no text, so it may be NULL.
bool is_trimmed(const Expression& expression, const std::function<bool(const ColumnRef&)>& column);

}  // namespace penstock::ir
