#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "pipelines/components/vocabulary.h"
#include "pipelines/yaml/schema.h"

namespace penstock::cli {
namespace {

namespace fs = std::filesystem;

struct NewFile {
  std::string_view path;
  std::string_view text;
};

constexpr std::string_view kProject = R"(# yaml-language-server: $schema=./.penstock/project.schema.json
project: NAME

connections:
  local: { type: duckdb, path: NAME.duckdb }

environments:
  dev: { target: local }
)";

constexpr std::string_view kPipeline = R"(# yaml-language-server: $schema=../.penstock/pipeline.schema.json
pipeline: first

steps:
  - name: readings
    sql: |
      select station, measured_on, celsius
      from (values ('north', date '2026-01-01', 3.5), ('north', date '2026-01-02', 1.0), ('south', date '2026-01-01', 12.25))
        as t(station, measured_on, celsius)
    checks:
      - unique: [station, measured_on]

  - name: coldest_day
    from: readings
    do:
      - deduplicate: { by: [station], order: [celsius, measured_on], keep: first }
    checks:
      - not_null: [station, celsius]
)";

// The schemas stay with the project, so that everybody's editor completes its files; the store does not.
constexpr std::string_view kIgnored = ".penstock/*\n!.penstock/*.schema.json\n*.duckdb\n*.duckdb.wal\n";

std::string with_name(std::string_view text, const std::string& name) {
  std::string result(text);
  for (std::size_t at = 0; (at = result.find("NAME", at)) != std::string::npos; at += name.size()) result.replace(at, 4, name);
  return result;
}

/// Letters, digits and underscores of the folder's name.
std::string project_name(const fs::path& folder) {
  std::string name;
  for (const char c : fs::absolute(folder).lexically_normal().filename().string()) {
    const bool keeps = std::isalnum(static_cast<unsigned char>(c)) != 0;
    name += keeps ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '_';
  }
  return name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0 ? "project_" + name : name;
}

int initialise(Invocation& invocation, const std::string& where) {
  const fs::path folder(where);
  const std::string project_schema = yaml::project_schema();
  const std::string pipeline_schema = yaml::pipeline_schema(components::vocabulary());
  const std::array<NewFile, 5> files{{{"penstock.yaml", kProject},
                                      {"pipelines/first.yaml", kPipeline},
                                      {".gitignore", kIgnored},
                                      {".penstock/project.schema.json", project_schema},
                                      {".penstock/pipeline.schema.json", pipeline_schema}}};
  if (fs::exists(folder / "penstock.yaml")) {
    return report(invocation, Error{ErrorKind::refused,
                                    "there is a project in " + folder.string() + " already",
                                    "choose another folder, or work with that one: penstock validate",
                                    {},
                                    {},
                                    -1});
  }
  std::error_code failed;
  fs::create_directories(folder / "pipelines", failed);
  make_state_folder(state_folder(folder.string()));
  nlohmann::ordered_json made = nlohmann::ordered_json::array();
  for (const NewFile& file : files) {
    const fs::path path = (folder / file.path).lexically_normal();
    if (fs::exists(path)) continue;
    std::ofstream stream(path);
    stream << with_name(file.text, project_name(folder));
    stream.flush();
    if (!stream) {
      return report(invocation,
                    Error{ErrorKind::storage, "cannot write " + path.string(), "is the folder writable, and is there room?", {}, {}, -1});
    }
    made.push_back(path.string());
  }
  if (invocation.format != Format::table) {
    print_json(invocation, {{"files", made}});
    return kSuccess;
  }
  for (const auto& path : made) invocation.out << "made " << path.get<std::string>() << '\n';
  if (!invocation.quiet) invocation.out << "next: " << (where == "." ? "" : "cd " + where + " && ") << "penstock run\n";
  return kSuccess;
}

}  // namespace

void add_init(Options& command) {
  auto folder = std::make_shared<std::string>(".");
  command.argument("folder", *folder, "Where; made if it is not there");
  command.runs([folder](Invocation& invocation) { return initialise(invocation, *folder); });
}

}  // namespace penstock::cli
