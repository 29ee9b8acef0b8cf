#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/model/project.h"

namespace penstock::compiler {

/// The words of a step's body that could name a table: identifiers in its SQL and in its components' parameters, folded to lower case.
/// More than it reads, never less.
std::vector<std::string> words_of(const model::Step& step);

/// Orders `count` things so that, as far as `reads` goes without a cycle, each comes after those that it reads. Needs no stack of its
/// own depth, however long the chains are.
std::vector<int> reading_order(int count, const std::function<std::vector<int>(int)>& reads);

}  // namespace penstock::compiler
