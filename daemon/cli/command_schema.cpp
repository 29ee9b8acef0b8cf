#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/published_schemas.h"
#include "daemon/cli/table.h"
#include "pipelines/base/suggest.h"

namespace penstock::cli {
namespace {

int list_schemas(Invocation& invocation) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  Table table;
  table.add_column("NAME");
  table.add_column("WHAT IT DESCRIBES");
  for (const PublishedSchema& schema : published_schemas()) {
    list.push_back({{"name", schema.name}, {"title", schema.title}});
    table.add_row({schema.name, schema.title});
  }
  if (invocation.format == Format::table) {
    invocation.out << table.render(invocation.out_terminal);
  } else {
    print_json(invocation, list);
  }
  return kSuccess;
}

int print_schema(Invocation& invocation, const std::string& name) {
  if (const std::optional<std::string> text = published_schema(name)) {
    invocation.out << *text << (text->ends_with('\n') ? "" : "\n");
    return kSuccess;
  }
  std::vector<std::string> names;
  for (const PublishedSchema& schema : published_schemas()) names.push_back(schema.name);
  Error error;
  error.kind = ErrorKind::not_found;
  error.message = "there is no schema \"" + name + "\"";
  error.hint = did_you_mean(name, names);
  if (error.hint.empty()) error.hint = "penstock schema --list names them all; a mapping such as step or publish has one, too";
  return report(invocation, error);
}

}  // namespace

void add_schema(Options& command) {
  auto name = std::make_shared<std::string>("pipeline");
  auto listing = std::make_shared<bool>(false);
  command.argument("name", *name, "pipeline (the default), project, openapi, cli/COMMAND, or a mapping such as step or join");
  command.flag("--list", *listing, "List the documents instead");
  command.runs([name, listing](Invocation& invocation) { return *listing ? list_schemas(invocation) : print_schema(invocation, *name); });
}

}  // namespace penstock::cli
