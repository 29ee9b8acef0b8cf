#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/base/diagnostic.h"
#include "pipelines/components/component.h"
#include "pipelines/ir/relation.h"
#include "pipelines/model/node.h"

namespace penstock::sql {

/// The types of the parameters that a text may use, by name.
using Parameters = std::map<std::string, ir::Type, std::less<>>;

/// What a SELECT may name in FROM.
class Tables {
 public:
  virtual ~Tables() = default;

  /// The step or source of that name ("flown", or "pipeline.step" where two parts were written), or null. Valid while the Tables are.
  virtual const components::Input* find(std::string_view name) const = 0;
  /// Every name that find() knows: what a suggestion is made from.
  virtual std::vector<std::string> names() const = 0;
};

/// Reads one SELECT of the portable language and resolves its names and types. Every fault is reported at its place in the YAML file;
/// null after an error. A relation whose columns are not known (`Input::open`) is taken to have every column that is read from it: its
/// Scan lists them with unknown types. `first` is the text's first byte among the places of the tree. Pure; any thread.
ir::RelationPtr parse_query(const model::Node& text, const Tables& tables, const Parameters& parameters, Diagnostics& diagnostics,
                            ir::Place first = {1});

}  // namespace penstock::sql
