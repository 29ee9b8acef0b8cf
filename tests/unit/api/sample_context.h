#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "daemon/api/context.h"
#include "daemon/run/project_folder.h"
#include "daemon/store/store.h"

namespace penstock::api {

/// What the routes need: an empty store in a folder of its own, and a project without an engine.
class SampleContext {
 public:
  using Files = std::vector<store::ProjectVersion::File>;

  explicit SampleContext(const Files& files = {{"penstock.yaml", "version: 1\nproject: sample\n"}}) {
    std::string name = (std::filesystem::temp_directory_path() / "penstock_api_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) return;
    folder_ = name;
    store::Options options;
    options.path = (folder_ / "store.db").string();
    options.owner = "the test";
    auto store = store::Store::open(options);
    if (!store) return;
    store_ = std::move(*store);
    auto readers = store::Readers::open(options.path);
    if (!readers) return;
    readers_ = std::move(*readers);
    project_ = run::compile_files({}, files, "");
    context_.reset(new Context{nullptr, *readers_, [this] { return project_; }, {}, {}, "1.2.3", {}, false, {}});
  }
  SampleContext(const SampleContext&) = delete;
  SampleContext& operator=(const SampleContext&) = delete;
  ~SampleContext() {
    context_.reset();
    readers_.reset();
    store_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  /// False where no store could be made.
  bool ok() const { return context_ != nullptr; }
  Context& get() { return *context_; }
  store::Store& store() { return *store_; }
  void reload(const Files& files) { project_ = run::compile_files({}, files, ""); }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Readers> readers_;
  run::ProjectPtr project_;
  std::unique_ptr<Context> context_;
};

}  // namespace penstock::api
