#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/cli/command.h"
#include "daemon/cli/table.h"
#include "pipelines/base/suggest.h"
#include "pipelines/components/component.h"
#include "pipelines/ir/function.h"

namespace penstock::cli {
namespace {

using Json = nlohmann::ordered_json;

Json keys_json(const model::ObjectSpec& object) {
  Json keys = Json::array();
  for (const model::KeySpec& key : object.keys) {
    Json choices = Json::array();
    for (const std::string_view choice : key.choices) choices.push_back(choice);
    keys.push_back({{"name", key.name}, {"required", key.required}, {"doc", key.doc}, {"example", key.example}, {"choices", choices}});
  }
  return keys;
}

template <typename Spec>
Json spec_json(const Spec& spec, std::string_view kind) {
  return {{"name", spec.parameters.name},
          {"kind", kind},
          {"doc", spec.parameters.doc},
          {"keys", keys_json(spec.parameters)},
          {"example", spec.example}};
}

Json all_json() {
  Json list = Json::array();
  for (const auto& spec : components::component_table()) list.push_back(spec_json(spec, "component"));
  for (const auto& spec : components::check_table()) list.push_back(spec_json(spec, "check"));
  return list;
}

void print_one(Invocation& invocation, const Json& spec) {
  invocation.out << styled(invocation.out_terminal, Style::bold, spec["name"].get<std::string>()) << "  " << spec["doc"].get<std::string>()
                 << "\n\n";
  Table table;
  table.add_column("KEY");
  table.add_column("NEEDED");
  table.add_column("WHAT IT IS");
  for (const Json& key : spec["keys"]) {
    table.add_row({key["name"].get<std::string>(), key["required"].get<bool>() ? "yes" : "no", key["doc"].get<std::string>()});
  }
  if (!table.empty()) invocation.out << table.render(invocation.out_terminal) << '\n';
  invocation.out << spec["example"].get<std::string>() << '\n';
}

int describe(Invocation& invocation, const std::string& name) {
  const Json all = all_json();
  std::vector<std::string> names;
  for (const Json& spec : all) {
    names.push_back(spec["name"].get<std::string>());
    if (names.back() != name) continue;
    if (invocation.format == Format::table) {
      print_one(invocation, spec);
    } else {
      print_json(invocation, spec);
    }
    return kSuccess;
  }
  Error error;
  error.kind = ErrorKind::not_found;
  error.message = "there is no component or check \"" + name + "\"";
  error.hint = did_you_mean(name, names);
  if (error.hint.empty()) error.hint = "penstock components lists them all";
  return report(invocation, error);
}

int list_all(Invocation& invocation) {
  const Json all = all_json();
  if (invocation.format != Format::table) {
    print_json(invocation, all);
    return kSuccess;
  }
  Table table;
  table.add_column("NAME");
  table.add_column("KIND");
  table.add_column("WHAT IT DOES");
  for (const Json& spec : all) {
    table.add_row({spec["name"].get<std::string>(), spec["kind"].get<std::string>(), first_sentence(spec["doc"].get<std::string>())});
  }
  invocation.out << table.render(invocation.out_terminal);
  return kSuccess;
}

std::string_view kind_of(ir::FunctionClass function_class) {
  if (function_class == ir::FunctionClass::aggregate) return "aggregate";
  return function_class == ir::FunctionClass::window ? "window" : "scalar";
}

// All functions, or those of one name.
int list_functions(Invocation& invocation, const std::string& name) {
  std::vector<ir::FunctionSpec> found;
  for (const ir::FunctionSpec& spec : ir::function_table()) {
    if (name.empty() || spec.name == name) found.push_back(spec);
  }
  if (found.empty()) {
    Error error;
    error.kind = ErrorKind::not_found;
    error.message = "there is no function \"" + name + "\"";
    error.hint = did_you_mean(name, ir::function_names());
    if (error.hint.empty()) error.hint = "penstock components --functions lists them all";
    return report(invocation, error);
  }
  Json all = Json::array();
  for (const ir::FunctionSpec& spec : found) {
    all.push_back({{"name", spec.name}, {"kind", kind_of(spec.function_class)}, {"signature", spec.signature}, {"doc", spec.doc}});
  }
  if (invocation.format != Format::table) {
    print_json(invocation, all);
    return kSuccess;
  }
  Table table;
  table.add_column("SIGNATURE");
  table.add_column("KIND");
  table.add_column("WHAT IT GIVES");
  for (const ir::FunctionSpec& spec : found) {
    std::string kind(kind_of(spec.function_class));
    std::string doc(spec.doc);
    // Each way to call it has a row; what it is stands in the first.
    for (std::string_view rest = spec.signature; !rest.empty();) {
      const std::size_t end = std::min(rest.find("; "), rest.size());
      table.add_row({std::string(rest.substr(0, end)), std::exchange(kind, {}), std::exchange(doc, {})});
      rest.remove_prefix(std::min(end + 2, rest.size()));
    }
  }
  invocation.out << table.render(invocation.out_terminal);
  return kSuccess;
}

}  // namespace

void add_components(Options& command) {
  auto name = std::make_shared<std::string>();
  auto functions = std::make_shared<bool>(false);
  command.argument("name", *name, "A component or a check; with --functions, a function");
  command.flag("--functions", *functions, "The functions and operators of SQL and of expressions instead");
  command.runs([name, functions](Invocation& invocation) {
    if (*functions) return list_functions(invocation, *name);
    return name->empty() ? list_all(invocation) : describe(invocation, *name);
  });
}

}  // namespace penstock::cli
