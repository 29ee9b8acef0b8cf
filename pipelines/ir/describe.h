#pragma once

#include <string>

#include "pipelines/ir/relation.h"

namespace penstock::ir {

/// A relation as readable, stable text for tests and for looking at a tree: an operator a line, its inputs indented below it.
///
///     project k int32!, total int64? = (sum + 1)
///       aggregate by k = t.k; sum = sum(x)
///         scan t (k int32!, x int32?)
///
/// A type with ! is never NULL. A column is shown by its name, with #position where the input has that name twice, and with a ^ for
/// each query that it lies outside of. A common is written out at its first use. Not SQL, and never read back.
std::string describe(const Relation& relation);

/// The expression with columns named as `columns`, or as #position where there are none.
std::string describe(const Expression& expression, const Columns& columns = {});

/// "k int32!, total int64?".
std::string describe(const Columns& columns);

}  // namespace penstock::ir
