#include "tests/unit/architecture/house.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace penstock::architecture {
namespace {

const House& house() {
  static const House instance(PENSTOCK_SOURCE_DIR);
  return instance;
}

bool starts_with(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }

TEST(House, IsReadWhole) {
  EXPECT_GT(house().sources().size(), 30U);
  EXPECT_GT(house().libraries().size(), 10U);
}

// A folder may include only what its library links: the arrows of the design are the link lists.
TEST(House, FilesIncludeOnlyWhatTheirLibraryLinks) {
  for (const SourceFile& source : house().sources()) {
    if (starts_with(source.path, "tests/") || source.path == "daemon/main.cpp") continue;
    const std::set<std::string> allowed = house().reachable_folders(house().library_folder(source.path));
    for (const std::string& include : source.quoted_includes) {
      if (include.find('/') == std::string::npos) continue;  // beside the file, or made by its own CMakeLists.txt
      EXPECT_TRUE(allowed.contains(house().library_folder(include)))
          << source.path << " includes " << include << " but its library does not link that folder's";
    }
  }
}

TEST(House, ArrowsPointOneWay) {
  for (const Library& library : house().libraries()) {
    for (const std::string& folder : house().reachable_folders(library.folder)) {
      if (starts_with(library.folder, "pipelines")) {
        EXPECT_TRUE(starts_with(folder, "pipelines")) << library.folder << " reaches " << folder;
      }
      if (starts_with(library.folder, "connectors")) {
        EXPECT_FALSE(starts_with(folder, "daemon")) << library.folder << " reaches " << folder;
        const bool sees_tree = starts_with(folder, "pipelines") && folder != "pipelines/base";
        EXPECT_FALSE(sees_tree) << library.folder << " reaches " << folder << ": a connector sees statements, never the tree";
      }
    }
  }
}

TEST(House, ComponentsAndDialectsNeverMeet) {
  EXPECT_FALSE(house().reachable_folders("pipelines/components").contains("pipelines/dialects"));
  EXPECT_FALSE(house().reachable_folders("pipelines/dialects").contains("pipelines/components"));
  EXPECT_FALSE(house().reachable_folders("pipelines/dialects").contains("pipelines/sql"));
}

// A library that may throw or block is included where its exceptions end, and nowhere else.
TEST(House, LibrariesStayInTheirFolder) {
  struct Rule {
    std::string include;
    std::vector<std::string> folders;
  };
  const std::array<Rule, 6> rules{{{"yaml-cpp/", {"pipelines/yaml"}},
                                   {"pg_query", {"pipelines/sql"}},
                                   {"pqxx", {"connectors/postgres"}},
                                   {"SQLiteCpp", {"daemon/store"}},
                                   {"CLI/", {"daemon/cli"}},
                                   {"dlfcn.h", {"connectors/duckdb"}}}};
  for (const SourceFile& source : house().sources()) {
    if (starts_with(source.path, "tests/")) continue;
    for (const std::string& include : source.angle_includes) {
      for (const Rule& rule : rules) {
        if (!starts_with(include, rule.include)) continue;
        EXPECT_NE(std::find(rule.folders.begin(), rule.folders.end(), house().library_folder(source.path)), rule.folders.end())
            << source.path << " includes <" << include << ">";
      }
    }
  }
}

// The language and its compiler are pure: no socket, clock, thread, file or environment. Only what ends the process prints.
TEST(House, PipelinesArePure) {
  const std::set<std::string> forbidden{"thread",    "mutex",     "condition_variable", "future",   "fstream", "filesystem",
                                        "httplib.h", "sqlite3.h", "sys/socket.h",       "unistd.h", "random",  "iostream",
                                        "cstdio",    "stdio.h",   "spdlog/spdlog.h"};
  for (const SourceFile& source : house().sources()) {
    if (!starts_with(source.path, "pipelines/") || source.path == "pipelines/base/broken.cpp") continue;
    for (const std::string& include : source.angle_includes) {
      EXPECT_FALSE(forbidden.contains(include)) << source.path << " includes <" << include << ">";
    }
  }
}

TEST(House, HoldsNothingElseAtTheTop) {
  const std::set<std::string> known{"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "daemon", "connectors",
                                    "pipelines",      "schemas",           "tests",     "deploy",  "build"};
  for (const std::string& name : house().top_level_entries()) {
    EXPECT_TRUE(name.front() == '.' || known.contains(name)) << name;
  }
}

TEST(House, FilesStaySmall) {
  constexpr std::size_t kMostLines = 800;
  for (const SourceFile& source : house().sources()) EXPECT_LE(source.lines, kMostLines) << source.path;
}

}  // namespace
}  // namespace penstock::architecture
