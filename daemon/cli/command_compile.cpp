#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/dialect_choice.h"
#include "daemon/cli/loading.h"
#include "daemon/run/preview.h"
#include "pipelines/base/suggest.h"
#include "pipelines/compiler/targets.h"

namespace penstock::cli {
namespace {

using Json = nlohmann::ordered_json;

struct CompileFlags {
  std::string what;
  std::string dialect;
  bool units = false;
};

Result<Json> compiled_json(const compiler::CompiledStep& step, const dialects::Dialect& dialect, bool with_units) {
  const Result<std::string> query = run::preview_query(step, dialect);
  if (!query) return tl::unexpected(query.error());
  Json json{{"step", step.name}, {"dialect", dialect.name()}, {"table", to_string(step.target)}, {"sql", *query}, {"units", Json::array()}};
  if (!with_units) return json;
  const auto units = run::preview_units(step, dialect, {});
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

using StepsAsked = std::vector<const compiler::CompiledStep*>;

Result<StepsAsked> steps_asked_for(const compiler::CompiledProject& project, const std::string& what) {
  StepsAsked asked;
  std::vector<std::string> names;
  for (const compiler::CompiledStep& step : project.steps) {
    names.insert(names.end(), {step.name, step.step->name, step.pipeline->name});
    if (is_asked_for(step, what)) asked.push_back(&step);
  }
  if (asked.empty() && !what.empty()) return fail(nothing_named(what, names));
  return asked;
}

int print_steps(Invocation& invocation, const StepsAsked& steps, const dialects::Dialect* wanted, bool with_units) {
  Json list = Json::array();
  for (const compiler::CompiledStep* step : steps) {
    const auto dialect = wanted != nullptr ? Result<const dialects::Dialect*>(wanted) : dialect_named(step->dialect);
    if (!dialect) return report(invocation, dialect.error());
    Result<Json> json = compiled_json(*step, **dialect, with_units);
    if (!json) return report(invocation, json.error());
    if (invocation.format == Format::table) print_step(invocation, *json, with_units);
    list.push_back(std::move(*json));
  }
  if (invocation.format != Format::table) print_json(invocation, list);
  return kSuccess;
}

int compile_steps(Invocation& invocation, const CompileFlags& flags) {
  const dialects::Dialect* wanted = nullptr;
  if (!flags.dialect.empty()) {
    const auto named = dialect_named(flags.dialect);
    if (!named) return report(invocation, named.error());
    wanted = *named;
  }
  // What a step's own target cannot do does not matter to another.
  const Result<run::ProjectPtr> project = load_sound(invocation, {wanted == nullptr, {}});
  if (!project) return report(invocation, project.error());
  const auto asked = steps_asked_for(**project, flags.what);
  if (!asked) return report(invocation, asked.error());
  Diagnostics refused;
  for (const compiler::CompiledStep* step : *asked) {
    if (wanted != nullptr) compiler::check_targets(*step, std::span(&wanted, 1), refused);
  }
  if (refused.has_errors()) return print_diagnostics(invocation, refused, (*project)->project->sources);
  return print_steps(invocation, *asked, wanted, flags.units);
}

}  // namespace

void add_compile(Options& command) {
  auto flags = std::make_shared<CompileFlags>();
  command.argument("what", flags->what, "A step, PIPELINE.STEP or a pipeline; without it, every step");
  command.option("--dialect", flags->dialect, "Another target's SQL: " + dialect_names()).type_name("NAME");
  command.flag("--units", flags->units, "Every statement of the publish protocol, as of a first run");
  command.runs([flags](Invocation& invocation) { return compile_steps(invocation, *flags); });
}

}  // namespace penstock::cli
