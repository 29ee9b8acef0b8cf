#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/run/cron.h"
#include "daemon/run/table_writers.h"
#include "pipelines/base/hash.h"
#include "pipelines/compiler/compiled.h"
#include "pipelines/model/project.h"

namespace penstock::run {

/// What the scheduler has to know of a step: no SQL, no tree.
struct StepSpec {
  std::string name;
  std::string kind;  ///< sql, components, native_sql.
  std::string connection;
  TableName table;
  compiler::Meaning meaning;
  std::string publish_as;
  Writing writing = Writing::alone;
  std::vector<int> depends_on;  ///< Steps of the same pipeline, by their place in it; all before this one.
  model::Retry retry;
  std::map<std::string, std::string, std::less<>> compute;  ///< Settings of the connection that hold for its statements.
  std::optional<std::chrono::milliseconds> timeout;
};

struct PipelineSpec {
  std::string name;
  std::string environment;
  std::string definition_hash;
  ContentHash version;  ///< Of the project's text.
  bool broken = false;  ///< It was compiled with errors: nothing of it starts.
  std::optional<Cron> cron;
  model::Schedule schedule;     ///< Set with cron.
  std::vector<StepSpec> steps;  ///< Every step after those that it depends on.
};

using SpecPtr = std::shared_ptr<const PipelineSpec>;

struct ProjectSpec {
  ContentHash version;
  std::map<std::string, SpecPtr, std::less<>> pipelines;
  std::map<std::string, int, std::less<>> slots;  ///< By connection.
};

/// The name of a pipeline's only trigger.
inline constexpr const char* kScheduleTrigger = "schedule";

/// How runs of a step with that publishing may write its table.
Writing writing_of(const model::Publish& publish);
/// The same of a whole step: one that may rebuild its table lets no run go beside it.
Writing writing_of(const model::Step& step);

/// Why runs of a step with that publishing write its table one after another, in words; empty where they do not.
std::string why_one_by_one(const model::Publish& publish);
std::string why_one_by_one(const model::Step& step);

/// What the scheduler has to know of a compiled project.
ProjectSpec make_spec(const compiler::CompiledProject& project, const ContentHash& version);

/// The project's text as the store keeps it, with its hash.
store::ProjectVersion version_of(const compiler::CompiledProject& project, Time loaded);

}  // namespace penstock::run
