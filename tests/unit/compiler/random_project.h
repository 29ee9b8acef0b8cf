#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "pipelines/compiler/compiled.h"
#include "pipelines/yaml/load.h"

namespace penstock::compiler {

/// A project that is edited at random: pipelines that read each other, also in circles, steps that do not compile, tables that change
/// hands, connections that move. The same seed gives the same edits.
class RandomProject {
 public:
  explicit RandomProject(std::uint32_t seed);

  void edit();

  yaml::Files files() const;
  const SourceColumns& source_columns() const { return source_columns_; }

 private:
  enum class Form { select, filtered, chain, native, broken, merged };

  struct Step {
    Form form = Form::select;
    int pipeline = -1;  ///< Of the step that it reads; -1: raw.orders.
    int step = 0;
    int columns = 2;
    std::string table;  ///< Empty: its own name.
  };
  struct Pipeline {
    std::vector<Step> steps;
    bool declares_columns = false;
    bool has_own_target = false;
    int comments = 0;
  };

  int any(int count) { return static_cast<int>(random_() % static_cast<std::uint32_t>(count)); }
  Step any_step();
  Pipeline any_pipeline();
  std::string text_of(int pipeline) const;
  std::string table_of(int pipeline, int step) const;

  std::mt19937 random_;
  std::vector<Pipeline> pipelines_;
  bool has_other_schema_ = false;
  SourceColumns source_columns_;
};

}  // namespace penstock::compiler
