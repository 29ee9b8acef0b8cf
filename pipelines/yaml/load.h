#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/base/diagnostic.h"
#include "pipelines/base/executor.h"
#include "pipelines/base/hash.h"
#include "pipelines/model/project.h"
#include "pipelines/model/spec.h"

namespace penstock::yaml {

/// A file of a project as its reader found it.
struct File {
  std::string path;        ///< As people see it, relative to the project: "pipelines/routes.yaml".
  std::string text;        ///< All of it; empty where it could not be read.
  std::string unreadable;  ///< Why it could not be read; empty where it was.
};

/// The files of a project, already read.
struct Files {
  std::string root;  ///< The folder, only handed on.
  File project;      ///< penstock.yaml.
  std::vector<File> pipelines;
};

struct LoadOptions {
  model::Vocabulary vocabulary;  ///< The components and checks that there are; borrowed for as long as the loader lives.
  Executor executor;             ///< Empty: one after the other on the caller's thread.
};

/// What one pipeline file holds.
struct LoadedPipeline {
  std::shared_ptr<const model::Pipeline> pipeline;  ///< Null where not even its name could be read.
  Diagnostics diagnostics;
};

/// Reads one pipeline file on its own. `number` is the file's number in the SourceMap that will show its lines. What is wrong is in the
/// diagnostics, all of it; what could be read is in the pipeline. Any thread.
LoadedPipeline load_pipeline(const File& file, std::uint32_t number, const LoadOptions& options);

/// A project and everything that is wrong with its files. The project is never null; it holds what could be read.
struct Loaded {
  std::shared_ptr<const model::Project> project;
  Diagnostics diagnostics;
};

/// Loads a project again and again: files whose text has not changed are not read again, and their pipelines are the same objects as
/// before. One thread at a time.
class Loader {
 public:
  explicit Loader(LoadOptions options) : options_(std::move(options)) {}

  Loaded load(const Files& files);

 private:
  struct Known {
    std::uint32_t number = 0;
    std::string unreadable;
    LoadedPipeline loaded;
  };

  void forget_unless_same_files(const Files& files, const std::vector<const File*>& ordered);
  bool load_project_file(const Files& files);
  bool load_pipelines(const std::vector<const File*>& ordered);
  Loaded assemble(const std::string& root) const;

  LoadOptions options_;
  SourceMap sources_;
  ContentHash project_text_;
  std::string project_path_;
  model::Project project_file_;  ///< Its connections and environments.
  Diagnostics project_diagnostics_;
  std::map<std::string, Known> known_;
  std::optional<Loaded> last_;
};

/// Loads a project once.
Loaded load(const Files& files, const LoadOptions& options);

}  // namespace penstock::yaml
