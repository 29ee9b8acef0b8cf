#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "daemon/store/reader.h"
#include "daemon/store/store.h"

namespace penstock::store {

inline Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

/// A folder of its own, gone at the end.
class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "penstock_store_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return (folder_ / "penstock.db").string(); }

  Options options() const {
    Options options;
    options.path = path();
    options.owner = "the test";
    options.patience = std::chrono::milliseconds(0);
    return options;
  }

  std::unique_ptr<Store> open() const {
    auto store = Store::open(options());
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }

  /// Behind the store's back.
  void execute(const char* sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }

  std::filesystem::path folder_;
};

inline Run sample_run(const std::string& id, std::int64_t created = 1000) {
  Run run;
  run.id = id;
  run.pipeline = "routes";
  run.environment = "dev";
  run.created = at(created);
  run.queued = at(created);
  return run;
}

inline StepRun sample_step(const std::string& run_id, const std::string& name, int ordinal) {
  StepRun step;
  step.run_id = run_id;
  step.pipeline = "routes";
  step.name = name;
  step.ordinal = ordinal;
  step.connection = "local";
  return step;
}

inline UnitRun sample_unit(const std::string& run_id, const std::string& step, int ordinal) {
  UnitRun unit;
  unit.token = "t" + run_id + step + std::to_string(ordinal);
  unit.run_id = run_id;
  unit.step = step;
  unit.ordinal = ordinal;
  unit.connection = "local";
  return unit;
}

inline Transaction transaction(Change change, std::int64_t seconds = 1000) {
  Transaction made;
  made.at = at(seconds);
  made.changes.push_back(std::move(change));
  return made;
}

}  // namespace penstock::store
