#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/run/preview.h"
#include "pipelines/base/suggest.h"
#include "pipelines/compiler/placement.h"
#include "pipelines/dialects/dialect.h"

namespace penstock::cli {
namespace {

using Json = nlohmann::ordered_json;

struct CompileFlags {
  std::string what;
  std::string dialect;
  bool units = false;
};

Result<const dialects::Dialect*> dialect_for(const compiler::CompiledProject& project, const compiler::CompiledStep& step,
                                             const std::string& wanted) {
  std::string name = wanted;
  if (name.empty()) {
    const model::Connection* connection = compiler::find_connection(*project.project, step.connection);
    name = connection != nullptr ? connection->type.value : "";
  }
  if (const dialects::Dialect* dialect = dialects::find_dialect(name)) return dialect;
  std::vector<std::string> names;
  std::string all;
  for (const dialects::Dialect* dialect : dialects::dialect_table()) {
    names.emplace_back(dialect->name());
    all += (all.empty() ? "" : ", ") + names.back();
  }
  std::string hint = did_you_mean(name, names);
  return fail(ErrorKind::not_found, "there is no dialect \"" + name + "\"", hint.empty() ? "there are: " + all : hint);
}

Result<Json> compiled_json(const compiler::CompiledProject& project, const compiler::CompiledStep& step, const CompileFlags& flags) {
  const Result<const dialects::Dialect*> dialect = dialect_for(project, step, flags.dialect);
  if (!dialect) return tl::unexpected(dialect.error());
  const Result<std::string> query = run::preview_query(step, **dialect);
  if (!query) return tl::unexpected(query.error());
  Json json{
      {"step", step.name}, {"dialect", (*dialect)->name()}, {"table", to_string(step.target)}, {"sql", *query}, {"units", Json::array()}};
  if (!flags.units) return json;
  const auto units = run::preview_units(step, **dialect, {});
  if (!units) return tl::unexpected(units.error());
  for (const run::PreviewUnit& unit : *units) json["units"].push_back({{"purpose", store::name_of(unit.purpose)}, {"sql", unit.sql}});
  return json;
}

void print_step(Invocation& invocation, const Json& step, bool units) {
  invocation.out << styled(invocation.out_terminal, Style::dim,
                           "-- " + step["step"].get<std::string>() + ", " + step["dialect"].get<std::string>())
                 << '\n';
  if (!units) {
    invocation.out << step["sql"].get<std::string>() << ";\n\n";
    return;
  }
  for (const Json& unit : step["units"]) {
    invocation.out << styled(invocation.out_terminal, Style::dim, "-- " + unit["purpose"].get<std::string>()) << '\n'
                   << unit["sql"].get<std::string>() << "\n\n";
  }
}

bool is_asked_for(const compiler::CompiledStep& step, const std::string& what) {
  return what.empty() || step.name == what || step.pipeline->name == what || step.step->name == what;
}

Error nothing_named(const std::string& what, const std::vector<std::string>& names) {
  Error error;
  error.kind = ErrorKind::not_found;
  error.message = "there is no step and no pipeline \"" + what + "\"";
  error.hint = did_you_mean(what, names);
  if (error.hint.empty()) error.hint = "penstock status lists the pipelines";
  return error;
}

int compile_steps(Invocation& invocation, const CompileFlags& flags) {
  const Result<run::ProjectPtr> project = load_sound(invocation);
  if (!project) return report(invocation, project.error());
  Json list = Json::array();
  std::vector<std::string> names;
  for (const compiler::CompiledStep& step : (*project)->steps) {
    names.insert(names.end(), {step.name, step.step->name, step.pipeline->name});
    if (!is_asked_for(step, flags.what)) continue;
    Result<Json> json = compiled_json(**project, step, flags);
    if (!json) return report(invocation, json.error());
    if (invocation.format == Format::table) print_step(invocation, *json, flags.units);
    list.push_back(std::move(*json));
  }
  if (list.empty() && !flags.what.empty()) return report(invocation, nothing_named(flags.what, names));
  if (invocation.format != Format::table) print_json(invocation, list);
  return kSuccess;
}

}  // namespace

void add_compile(Options& command) {
  auto flags = std::make_shared<CompileFlags>();
  command.argument("what", flags->what, "A step, PIPELINE.STEP or a pipeline; without it, every step");
  command.option("--dialect", flags->dialect, "Another target's SQL: duckdb, postgres, trino, bigquery, synapse").type_name("NAME");
  command.flag("--units", flags->units, "Every statement of the publish protocol, as of a first run");
  command.runs([flags](Invocation& invocation) { return compile_steps(invocation, *flags); });
}

}  // namespace penstock::cli
