#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "pipelines/components/vocabulary.h"
#include "pipelines/yaml/schema.h"

namespace penstock::cli {

void add_schema(CLI::App& command, Action& chosen) {
  auto which = std::make_shared<std::string>("pipeline");
  command.add_option("which", *which, "pipeline or project")->check(CLI::IsMember({"pipeline", "project"}));
  command.callback([&chosen, which] {
    chosen = [which](Invocation& invocation) {
      const model::Vocabulary vocabulary = components::vocabulary();
      invocation.out << (*which == "project" ? yaml::project_schema() : yaml::pipeline_schema(vocabulary)) << '\n';
      return kSuccess;
    };
  });
}

}  // namespace penstock::cli
