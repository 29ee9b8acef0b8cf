#include "tests/unit/compiler/random_project.h"

#include <algorithm>

namespace penstock::compiler {
namespace {

constexpr int kMostColumns = 4;
constexpr int kMostPipelines = 8;

std::string column_list(int columns) {
  std::string list = "id";
  for (int i = 1; i <= columns; ++i) list += ", c" + std::to_string(i);
  return list;
}

std::string name_of(int pipeline, int step) { return "s" + std::to_string(pipeline) + "_" + std::to_string(step); }

}  // namespace

RandomProject::RandomProject(std::uint32_t seed) : random_(seed) {
  for (int i = 0; i < 5; ++i) pipelines_.push_back(any_pipeline());
}

RandomProject::Step RandomProject::any_step() {
  Step step;
  step.form = static_cast<Form>(any(6));
  if (step.form == Form::broken && any(3) != 0) step.form = Form::select;
  step.pipeline = any(kMostPipelines) - 1;
  step.step = any(3);
  step.columns = 1 + any(kMostColumns);
  return step;
}

RandomProject::Pipeline RandomProject::any_pipeline() {
  Pipeline pipeline;
  for (int i = 1 + any(3); i > 0; --i) pipeline.steps.push_back(any_step());
  return pipeline;
}

void RandomProject::edit() {
  Pipeline& pipeline = pipelines_[static_cast<std::size_t>(any(static_cast<int>(pipelines_.size())))];
  Step& step = pipeline.steps[static_cast<std::size_t>(any(static_cast<int>(pipeline.steps.size())))];
  switch (any(12)) {
    case 0:
    case 1:
    case 2:
      step.columns = 1 + any(kMostColumns);
      break;
    case 3:
    case 4:
      step = any_step();
      break;
    case 5:
      ++pipeline.comments;
      break;
    case 6:
      step.table = step.table.empty() ? "shared_" + std::to_string(any(2)) : "";
      break;
    case 7:
      pipeline.declares_columns = !pipeline.declares_columns;
      break;
    case 8:
      pipeline.has_own_target = !pipeline.has_own_target;
      break;
    case 9:
      has_other_schema_ = !has_other_schema_;
      break;
    case 10: {
      ir::Columns columns{{Identifier::exact("id"), ir::Type::of(ir::TypeKind::int64), true}};
      for (int i = 1; i <= any(kMostColumns); ++i)
        columns.push_back({Identifier::exact("c" + std::to_string(i)), ir::Type::of(any(2) == 0 ? ir::TypeKind::text : ir::TypeKind::date), true});
      source_columns_[{{}, Identifier::exact("raw"), Identifier::exact("orders")}] = std::move(columns);
      break;
    }
    default:
      if (pipelines_.size() > 2 && any(2) == 0) {
        pipelines_.pop_back();
      } else if (pipelines_.size() < kMostPipelines) {
        pipelines_.push_back(any_pipeline());
      }
  }
}

std::string RandomProject::table_of(int pipeline, int step) const {
  if (pipeline >= static_cast<int>(pipelines_.size())) return name_of(pipeline, step);
  const std::vector<Step>& steps = pipelines_[static_cast<std::size_t>(pipeline)].steps;
  const bool is_there = step < static_cast<int>(steps.size());
  return is_there && !steps[static_cast<std::size_t>(step)].table.empty() ? steps[static_cast<std::size_t>(step)].table
                                                                          : name_of(pipeline, step);
}

std::string RandomProject::text_of(int number) const {
  const Pipeline& pipeline = pipelines_[static_cast<std::size_t>(number)];
  std::string sources = "  orders: { table: raw.orders" +
                        std::string(pipeline.declares_columns ? ", columns: { id: int64, c1: text, c2: text }" : "") + " }\n";
  std::string steps;
  std::vector<std::string> declared;
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    const Step& step = pipeline.steps[i];
    const std::string reads = step.pipeline < 0 ? "orders" : name_of(step.pipeline, step.step);
    const bool is_own = step.pipeline == number && step.step < static_cast<int>(pipeline.steps.size());
    if (step.pipeline >= 0 && !is_own && std::find(declared.begin(), declared.end(), reads) == declared.end()) {
      declared.push_back(reads);
      sources += "  " + reads + ": { table: " + table_of(step.pipeline, step.step) + " }\n";
    }
    steps += "  - name: " + name_of(number, static_cast<int>(i)) + "\n";
    const std::string list = column_list(step.columns);
    switch (step.form) {
      case Form::select:
        steps += "    sql: select " + list + " from " + reads + "\n";
        break;
      case Form::filtered:
        steps += "    sql: select " + list + " from " + reads + " where c1 is not null\n    checks:\n      - unique: [id]\n";
        break;
      case Form::chain:
        steps += "    from: " + reads + "\n    do:\n      - filter: id > " + std::to_string(step.columns) + "\n";
        break;
      case Form::native:
        steps += "    native_sql: select 1 as id\n    reads: [" + reads + "]\n";
        break;
      case Form::broken:
        steps += "    sql: select " + list + ", missing_column from " + reads + " where\n";
        break;
      case Form::merged:
        steps += "    sql: select " + list + " from " + reads + "\n    publish: { as: merge, key: [id], on_schema_change: add";
        steps += step.table.empty() ? " }\n" : ", table: " + step.table + " }\n";
        break;
    }
    if (step.form != Form::merged && !step.table.empty()) steps += "    publish: { as: table, table: " + step.table + " }\n";
  }
  return "pipeline: p" + std::to_string(number) + "\n" + (pipeline.has_own_target ? "target: other\n" : "") + "sources:\n" + sources +
         "steps:\n" + steps + "# " + std::to_string(pipeline.comments) + "\n";
}

yaml::Files RandomProject::files() const {
  yaml::Files files;
  files.project = {"penstock.yaml",
                   "project: random\nconnections:\n  local: { type: duckdb, path: random.duckdb, schema: " +
                       std::string(has_other_schema_ ? "other" : "main") +
                       " }\n  other: { type: postgres, url: \"env:RANDOM\", schema: public }\nenvironments: { dev: local }\n",
                   {}};
  for (int i = 0; i < static_cast<int>(pipelines_.size()); ++i)
    files.pipelines.push_back({"pipelines/p" + std::to_string(i) + ".yaml", text_of(i), {}});
  return files;
}

}  // namespace penstock::compiler
