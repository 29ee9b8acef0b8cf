#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipelines/model/project.h"

namespace penstock::run {

/// What one check of a step expects.
struct Expectation {
  std::string words;                 ///< "no row where origin is NULL", "at least 100 rows".
  std::vector<std::string> columns;  ///< Of the step; empty where the check is about whole rows.
};

/// The check of that name, in the words of its parameters. A check that a component implies is known by its name only.
Expectation expectation_of(const model::Step& step, std::string_view check);

}  // namespace penstock::run
