#include "daemon/cli/run_view.h"

#include <date/date.h>

#include <algorithm>

#include "daemon/cli/answer.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

Style style_of(const std::string& state) {
  if (state == "succeeded" || state == "passed") return Style::good;
  if (state == "failed" || state == "timed_out" || state == "unknown") return Style::bad;
  if (state == "warned" || state == "cancelled" || state == "cancelling") return Style::warning;
  if (state == "running") return Style::active;
  return Style::dim;
}

std::string_view symbol_of(const std::string& state) {
  if (state == "succeeded") return "✓";
  if (state == "failed" || state == "timed_out") return "✗";
  if (state == "unknown") return "?";
  if (state == "cancelled" || state == "cancelling") return "■";
  if (state == "skipped") return "–";
  if (state == "running") return "▶";
  return "·";
}

std::string now_text() { return date::format("%FT%TZ", std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())); }

/// How a step's rows were published; empty where they were not.
std::string published_text(const Json& step) {
  if (text_in(step, "state") != "succeeded") return {};
  const std::string as = text_in(step.at("publish"), "as");
  if (const std::string kept = text_in(step, "reused_from"); !kept.empty()) return as + ", kept from " + kept;
  const std::string method = text_in(step, "publish_method");
  return method.empty() ? as : as + ", " + method;
}

std::string checks_text(const Json& checks) {
  std::string text;
  for (const char* state : {"passed", "warned", "failed"}) {
    const long long count = number_in(checks, state).value_or(0);
    if (count == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(count) + " " + state;
  }
  return text;
}

/// What a line about a step says behind its state.
std::string step_detail(const Json& step) {
  if (const std::string why = reason_of(step); !why.empty()) return why;
  if (const auto error = step.find("error"); error != step.end() && error->is_object()) return text_in(*error, "message");
  if (text_in(step, "state") == "running") return {};
  if (const std::string kept = text_in(step, "reused_from"); !kept.empty()) return "kept from " + kept;
  const auto rows = number_in(step, "rows");
  const std::string duration = duration_text(step);
  return (rows ? counted(*rows, "row") : "") + (rows && !duration.empty() ? "  " : "") + duration;
}

}  // namespace

std::string duration_text(const Json& timed) {
  const auto duration = number_in(timed, "duration_ms");
  return duration ? human_duration(*duration) : std::string();
}

std::string reason_of(const Json& run_or_step) {
  const auto reason = run_or_step.find("reason");
  return reason != run_or_step.end() ? text_in(*reason, "message") : std::string();
}

std::string place_text(const Json& detail) {
  const std::string project = text_in(detail, "project");
  const Json& subject = detail.at(detail.contains("run") ? "run" : "backfill");
  const std::string environment = text_in(subject, "environment");
  return project + (project.empty() || environment.empty() ? "" : ", ") + (environment.empty() ? "" : "environment " + environment);
}

std::string check_words(const Json& check) {
  const std::string found = text_in(check, "found");
  return text_in(check, "expectation") + (found.empty() ? "" : "; found " + found);
}

std::string shown_state(const Terminal& terminal, const std::string& state) {
  return styled(terminal, style_of(state), std::string(symbol_of(state)) + " " + state);
}

bool is_final_state(const std::string& state) {
  return state == "succeeded" || state == "failed" || state == "cancelled" || state == "timed_out" || state == "skipped";
}

ExitCode exit_code_of(const std::string& state) {
  if (state == "succeeded") return kSuccess;
  return state == "cancelled" ? kInterrupted : kFailed;
}

RunView::RunView(Invocation& invocation) : invocation_(invocation) {}

void RunView::begin(const std::string& place) {
  if (invocation_.quiet || invocation_.format == Format::ndjson) return;
  if (!invocation_.err_terminal.is_terminal) invocation_.err << now_text() << ' ';
  invocation_.err << place << '\n';
  invocation_.err.flush();
}

void RunView::on_event(std::string_view name, const Json& data) {
  if (invocation_.format == Format::ndjson) return print_event(invocation_, name, data);
  if (name == "run") on_run(data);
  if (name == "step") on_step(data);
}

void RunView::on_run(const Json& run) {
  const std::string id = text_in(run, "id");
  const std::string state = text_in(run, "state");
  const Json& steps = run.at("steps");
  long long finished = 0;
  for (const char* over : {"succeeded", "failed", "cancelled", "skipped", "unknown"}) finished += number_in(steps, over).value_or(0);
  done_[id] = {finished, number_in(steps, "total").value_or(0)};
  if (is_final_state(state)) {
    done_.erase(id);
    std::erase_if(running_, [&](const auto& entry) { return entry.first.rfind(id + "/", 0) == 0; });
  }
  if (told_[id] == state) return draw();
  told_[id] = state;
  const std::string interval = interval_text(run.at("interval"));
  note(text_in(run, "pipeline"), state, id + (interval.empty() ? "" : "  " + interval));
}

void RunView::on_step(const Json& step) {
  const std::string key = text_in(step, "run_id") + "/" + text_in(step, "name");
  const std::string state = text_in(step, "state");
  const std::string name = text_in(step, "pipeline") + "." + text_in(step, "name");
  running_.erase(key);
  if (state == "running") running_[key] = name + "  " + text_in(step, "phase");
  if (told_[key] == state) return draw();
  told_[key] = state;
  note(name, state, step_detail(step));
}

void RunView::note(const std::string& what, const std::string& state, const std::string& detail) {
  if (invocation_.quiet) return;
  const bool live = invocation_.err_terminal.is_terminal;
  const bool is_waiting = state == "pending" || state == "queued";
  if (is_waiting || (live && state == "running")) return draw();
  clear();
  if (!live) invocation_.err << now_text() << ' ';
  invocation_.err << shown_state(invocation_.err_terminal, state) << "  " << what << (detail.empty() ? "" : "  ") << detail << '\n';
  draw();
  invocation_.err.flush();
}

void RunView::clear() {
  if (drawn_lines_ == 0) return;
  invocation_.err << "\x1b[" << drawn_lines_ << "A\x1b[J";
  drawn_lines_ = 0;
}

void RunView::draw() {
  if (!invocation_.err_terminal.is_terminal || invocation_.quiet) return;
  constexpr std::size_t kMostLines = 8;
  clear();
  for (const auto& [key, line] : running_) {
    if (drawn_lines_ == static_cast<int>(kMostLines)) break;
    invocation_.err << "  " << shown_state(invocation_.err_terminal, "running") << "  " << line << '\n';
    ++drawn_lines_;
  }
  for (const auto& [run, counts] : done_) {
    invocation_.err << styled(invocation_.err_terminal, Style::dim,
                              "  " + std::to_string(counts.first) + " of " + std::to_string(counts.second) + " steps  " + run)
                    << '\n';
    ++drawn_lines_;
  }
  invocation_.err.flush();
}

namespace {

void print_failures(Invocation& invocation, const Json& detail) {
  for (const Json& step : detail.at("steps")) {
    if (!step.contains("error") || !step.at("error").is_object()) continue;
    const Json& error = step.at("error");
    invocation.out << '\n'
                   << styled(invocation.out_terminal, Style::bad, text_in(step, "name") + " failed:") << ' ' << text_in(error, "message")
                   << '\n';
    if (const std::string hint = text_in(error, "hint"); !hint.empty()) invocation.out << "  = help: " << hint << '\n';
  }
}

void print_checks(Invocation& invocation, const Json& detail) {
  if (!detail.contains("attempts") || !detail.at("attempts").is_array()) return;
  for (const Json& attempt : detail.at("attempts")) {
    for (const Json& check : attempt.at("checks")) {
      const std::string state = text_in(check, "state");
      if (state == "passed") continue;
      const Style style = state == "failed" ? Style::bad : Style::warning;
      invocation.out << styled(invocation.out_terminal, style,
                               (state == "failed" ? "check failed: " : "warning: ") + text_in(check, "name"))
                     << "  " << text_in(attempt, "step");
      invocation.out << '\n' << "  = expected: " << check_words(check) << '\n';
    }
  }
}

}  // namespace

void print_report(Invocation& invocation, const Json& detail) {
  if (invocation.format != Format::table) return print_json(invocation, detail);
  const Json& run = detail.at("run");
  Table table;
  table.add_column("STEP");
  table.add_column("STATE");
  table.add_column("ROWS", Table::Align::right);
  table.add_column("TIME", Table::Align::right);
  table.add_column("CHECKS");
  table.add_column("PUBLISHED");
  const Json& steps = detail.at("steps");
  const bool has_reasons = std::any_of(steps.begin(), steps.end(), [](const Json& step) { return !reason_of(step).empty(); });
  if (has_reasons) table.add_column("WHY");
  for (const Json& step : steps) {
    const std::string state = text_in(step, "state");
    const auto rows = number_in(step, "rows");
    std::vector<std::string> cells{text_in(step, "name"), shown_state({}, state),         rows ? with_thousands(*rows) : "",
                                   duration_text(step),   checks_text(step.at("checks")), published_text(step)};
    if (has_reasons) cells.push_back(reason_of(step));
    table.add_row(std::move(cells), state == "succeeded" ? Style::plain : style_of(state));
  }
  invocation.out << styled(invocation.out_terminal, Style::bold, text_in(run, "pipeline")) << "  "
                 << shown_state(invocation.out_terminal, text_in(run, "state"));
  if (const std::string duration = duration_text(run); !duration.empty()) invocation.out << " in " << duration;
  invocation.out << "  " << styled(invocation.out_terminal, Style::dim, text_in(run, "id"));
  if (const std::string place = place_text(detail); !place.empty()) invocation.out << "  " << place;
  invocation.out << "\n\n";
  if (!table.empty()) invocation.out << table.render(invocation.out_terminal);
  if (const std::string why = reason_of(run); !why.empty()) {
    invocation.out << (table.empty() ? "" : "\n") << text_in(run, "state") << ": " << why << '\n';
  }
  print_checks(invocation, detail);
  print_failures(invocation, detail);
  if (text_in(run, "state") == "failed") {
    invocation.out << "\nmend it, then: penstock retry " << text_in(run, "id") << '\n';
  }
}

ExitCode print_result(Invocation& invocation, const Json& detail) {
  if (invocation.format == Format::ndjson) {
    print_event(invocation, "result", detail);
  } else {
    print_report(invocation, detail);
  }
  return exit_code_of(text_in(detail.at("run"), "state"));
}

}  // namespace penstock::cli
