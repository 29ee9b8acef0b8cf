#include <nlohmann/json.hpp>

#include "daemon/cli/answer.h"
#include "daemon/cli/command.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/resolve.h"
#include "daemon/cli/run_view.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

void print_unit(Invocation& invocation, const Json& unit, bool with_sql) {
  invocation.out << "    " << text_in(unit, "submitted_at", "-") << "  " << shown_state(invocation.out_terminal, text_in(unit, "state"))
                 << "  " << text_in(unit, "purpose");
  if (const auto duration = number_in(unit, "duration_ms")) invocation.out << "  " << human_duration(*duration);
  if (const auto rows = number_in(unit, "rows")) invocation.out << "  " << counted(*rows, "row");
  if (const std::string query = text_in(unit, "engine_query_id"); !query.empty()) invocation.out << "  " << query;
  invocation.out << '\n';
  if (unit.at("error").is_object()) invocation.out << "      " << text_in(unit.at("error"), "message") << '\n';
  if (!with_sql) return;
  std::istringstream lines(text_in(unit, "sql"));
  for (std::string line; std::getline(lines, line);)
    invocation.out << "      " << styled(invocation.out_terminal, Style::dim, line) << '\n';
}

void print_attempt(Invocation& invocation, const Json& attempt, bool with_sql) {
  invocation.out << styled(invocation.out_terminal, Style::bold, text_in(attempt, "step")) << "  attempt "
                 << attempt.at("number").get<int>() << "  " << shown_state(invocation.out_terminal, text_in(attempt, "state")) << '\n';
  for (const Json& phase : attempt.at("phases")) {
    for (const Json& unit : phase.at("units")) print_unit(invocation, unit, with_sql);
  }
  for (const Json& check : attempt.at("checks")) {
    invocation.out << "    check  " << text_in(check, "state") << "  " << text_in(check, "name") << "  " << check_words(check) << '\n';
  }
}

/// What became of a step without an attempt that says it.
void print_reason(Invocation& invocation, const Json& step) {
  const std::string why = reason_of(step);
  if (why.empty()) return;
  invocation.out << styled(invocation.out_terminal, Style::bold, text_in(step, "name")) << "  "
                 << shown_state(invocation.out_terminal, text_in(step, "state")) << "  " << why << '\n';
}

int show_logs(Invocation& invocation, const std::string& run, const std::string& step, bool with_sql) {
  auto transport = open_transport(invocation, Access::read);
  if (!transport) return report(invocation, transport.error());
  const Result<std::string> id = find_run(**transport, run);
  if (!id) return report(invocation, id.error());
  const Result<Json> detail = get(**transport, "/api/v1/runs/" + *id + "?include=attempts");
  if (!detail) return report(invocation, detail.error());
  if (const Result<void> known = check_steps(*detail, step.empty() ? std::vector<std::string>() : std::vector{step}); !known) {
    return report(invocation, known.error());
  }
  Json attempts = Json::array();
  for (const Json& attempt : detail->at("attempts")) {
    if (step.empty() || text_in(attempt, "step") == step) attempts.push_back(attempt);
  }
  if (invocation.format != Format::table) {
    print_json(invocation, attempts);
    return kSuccess;
  }
  const std::string why = reason_of(detail->at("run"));
  if (!why.empty())
    invocation.out << *id << "  " << shown_state(invocation.out_terminal, text_in(detail->at("run"), "state")) << "  " << why << '\n';
  if (attempts.empty() && why.empty() && !invocation.quiet) invocation.err << "no statement of " << *id << " has been sent\n";
  for (const Json& each : detail->at("steps")) {
    if (!step.empty() && text_in(each, "name") != step) continue;
    for (const Json& attempt : attempts) {
      if (text_in(attempt, "step") == text_in(each, "name")) print_attempt(invocation, attempt, with_sql);
    }
    print_reason(invocation, each);
  }
  return kSuccess;
}

}  // namespace

void add_logs(Options& command) {
  struct Flags {
    std::string run;
    std::string step;
    bool sql = false;
  };
  auto flags = std::make_shared<Flags>();
  command.argument("run", flags->run, "A run's id, or a pipeline for its last run; without it, the last run of all");
  command.option("-s,--step", flags->step, "Only this step").type_name("STEP");
  command.flag("--sql", flags->sql, "With the statements' text");
  command.runs([flags](Invocation& invocation) { return show_logs(invocation, flags->run, flags->step, flags->sql); });
}

}  // namespace penstock::cli
