#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pipelines/compiler/compilation.h"

namespace penstock::compiler {

/// The tables that the steps of one pipeline may name: its sources and its steps, those that are not compiled yet included. What a step
/// looks up becomes its reads.
class PipelineTables final : public sql::Tables {
 public:
  PipelineTables(Compilation& compilation, int reader);

  const components::Input* find(std::string_view name) const override;
  std::vector<std::string> names() const override;

 private:
  Compilation& compilation_;
  int reader_;
  mutable std::unordered_map<std::string, components::Input> sources_;
};

}  // namespace penstock::compiler
