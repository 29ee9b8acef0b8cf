#pragma once

#include <string>
#include <vector>

#include "daemon/run/engine.h"
#include "daemon/store/records.h"
#include "pipelines/base/result.h"
#include "pipelines/compiler/compiled.h"
#include "pipelines/yaml/load.h"

namespace penstock::run {

/// The nearest folder, from `from` upwards, that holds a penstock.yaml. Errors: not_found.
Result<std::string> find_project(const std::string& from);

/// penstock.yaml, pipelines/**/*.yaml and penstock.sources.yaml of a folder, in order of their paths. Errors: invalid_input for a file that
/// cannot be read.
Result<std::vector<store::ProjectVersion::File>> read_project(const std::string& root);

/// Loads and compiles a project again and again: a file whose text is the same is not read again, and a pipeline is compiled again only
/// where it or the columns of what it reads have changed. One thread at a time.
class ProjectLoader {
 public:
  explicit ProjectLoader(std::string environment, compiler::TargetChoice targets = {});

  /// Every diagnostic is in the result, those of schedules too. Never fails as a whole. The same object as before where nothing changed.
  ProjectPtr load(std::string root, std::vector<store::ProjectVersion::File> files, const compiler::SourceColumns& further_columns = {});

 private:
  const std::string environment_;
  const compiler::TargetChoice targets_;
  yaml::Loader loader_;
  std::shared_ptr<const model::Project> loaded_;  ///< What `last_` was made of, with these columns.
  compiler::SourceColumns columns_;
  std::string pulled_text_;
  ProjectPtr last_;
};

/// The same, once.
ProjectPtr compile_files(std::string root, std::vector<store::ProjectVersion::File> files, const std::string& environment,
                         const compiler::SourceColumns& further_columns = {});

/// Reads, loads and compiles a folder.
Result<ProjectPtr> load_project(const std::string& root, const std::string& environment, const compiler::TargetChoice& targets = {});

/// Compiles the text that the store kept of a project. What an older Penstock wrote may have errors now.
ProjectPtr recompile(const store::ProjectVersion& version);

}  // namespace penstock::run
