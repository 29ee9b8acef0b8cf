#include "daemon/cli/run_view.h"

#include <date/date.h>

#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

long long number_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<long long>() : -1;
}

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

std::string rows_text(const Json& step) {
  const long long rows = number_of(step, "rows");
  return rows < 0 ? std::string() : with_thousands(rows);
}

std::string duration_text(const Json& step) {
  const long long duration = number_of(step, "duration_ms");
  return duration < 0 ? std::string() : human_duration(duration);
}

std::string checks_text(const Json& checks) {
  std::string text;
  for (const char* state : {"passed", "warned", "failed"}) {
    const long long count = number_of(checks, state);
    if (count <= 0) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(count) + " " + state;
  }
  return text;
}

}  // namespace

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

void RunView::on_run(const Json& run) {
  const std::string id = text_of(run, "id");
  const std::string state = text_of(run, "state");
  const Json& steps = run.at("steps");
  const int finished = static_cast<int>(number_of(steps, "succeeded") + number_of(steps, "failed") + number_of(steps, "cancelled") +
                                        number_of(steps, "skipped") + number_of(steps, "unknown"));
  done_[id] = {finished, static_cast<int>(number_of(steps, "total"))};
  if (is_final_state(state)) {
    done_.erase(id);
    std::erase_if(running_, [&](const auto& entry) { return entry.first.rfind(id + "/", 0) == 0; });
  }
  if (told_[id] == state) return draw();
  told_[id] = state;
  std::string detail = id;
  if (run.contains("interval") && run["interval"].is_object()) {
    detail += "  " + text_of(run["interval"], "start").substr(0, 10) + " to " + text_of(run["interval"], "end").substr(0, 10);
  }
  note(text_of(run, "pipeline"), state, detail);
}

void RunView::on_step(const Json& step) {
  const std::string key = text_of(step, "run_id") + "/" + text_of(step, "name");
  const std::string state = text_of(step, "state");
  const std::string phase = text_of(step, "phase");
  if (state == "running") {
    running_[key] = StepLine{text_of(step, "pipeline"), text_of(step, "name"), state, phase, {}};
  } else {
    running_.erase(key);
  }
  const std::string now = state == "running" ? state + " " + phase : state;
  if (told_[key] == now) return draw();
  told_[key] = now;
  std::string detail = state == "running" ? phase : rows_text(step);
  if (!detail.empty() && state != "running") detail += " rows";
  if (const std::string duration = duration_text(step); !duration.empty() && state != "running")
    detail += (detail.empty() ? "" : "  ") + duration;
  if (step.contains("error") && step["error"].is_object()) detail = text_of(step["error"], "message");
  if (step.contains("reason") && step["reason"].is_object()) detail = text_of(step["reason"], "message");
  note(text_of(step, "pipeline") + "." + text_of(step, "name"), state, detail);
}

void RunView::note(const std::string& what, const std::string& state, const std::string& detail) {
  if (invocation_.quiet) return;
  const bool live = invocation_.err_terminal.is_terminal;
  const bool passing = state == "pending" || state == "queued" || state == "running";
  if (live && passing) return draw();
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
    invocation_.err << "  " << shown_state(invocation_.err_terminal, line.state) << "  " << line.pipeline << '.' << line.name << "  "
                    << line.phase << '\n';
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
    if (!step.contains("error") || !step["error"].is_object()) continue;
    const Json& error = step["error"];
    invocation.out << '\n'
                   << styled(invocation.out_terminal, Style::bad, text_of(step, "name") + " failed:") << ' ' << text_of(error, "message")
                   << '\n';
    if (const std::string hint = text_of(error, "hint"); !hint.empty()) invocation.out << "  = help: " << hint << '\n';
  }
}

void print_checks(Invocation& invocation, const Json& detail) {
  if (!detail.contains("attempts") || !detail["attempts"].is_array()) return;
  for (const Json& attempt : detail["attempts"]) {
    for (const Json& check : attempt.at("checks")) {
      const std::string state = text_of(check, "state");
      if (state == "passed") continue;
      const Style style = state == "failed" ? Style::bad : Style::warning;
      invocation.out << styled(invocation.out_terminal, style,
                               (state == "failed" ? "check failed: " : "warning: ") + text_of(check, "name"))
                     << "  " << text_of(attempt, "step");
      if (const std::string found = text_of(check, "found"); !found.empty()) invocation.out << "  " << found;
      invocation.out << '\n';
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
  for (const Json& step : detail.at("steps")) {
    const std::string state = text_of(step, "state");
    const std::string as = text_of(step.at("publish"), "as");
    const std::string method = text_of(step, "publish_method");
    table.add_row({text_of(step, "name"), std::string(symbol_of(state)) + " " + state, rows_text(step), duration_text(step),
                   checks_text(step.at("checks")), state == "succeeded" ? as + (method.empty() ? "" : ", " + method) : as},
                  state == "succeeded" ? Style::plain : style_of(state));
  }
  invocation.out << styled(invocation.out_terminal, Style::bold, text_of(run, "pipeline")) << "  "
                 << shown_state(invocation.out_terminal, text_of(run, "state"));
  if (const long long duration = number_of(run, "duration_ms"); duration >= 0) invocation.out << " in " << human_duration(duration);
  invocation.out << "  " << styled(invocation.out_terminal, Style::dim, text_of(run, "id")) << "\n\n";
  invocation.out << table.render(invocation.out_terminal);
  print_checks(invocation, detail);
  print_failures(invocation, detail);
  if (text_of(run, "state") == "failed") {
    invocation.out << "\nmend it, then: penstock retry " << text_of(run, "id") << '\n';
  }
}

}  // namespace penstock::cli
