#include "daemon/cli/invocation.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

namespace penstock::cli {
namespace {

// Rows and messages of an engine may hold bytes that are no UTF-8: they are shown as U+FFFD, and never end the process.
std::string text_of(const nlohmann::ordered_json& document, int indent) {
  return document.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

ExitCode report(const Invocation& invocation, const Error& error) {
  if (invocation.format != Format::table) {
    const nlohmann::ordered_json hint = error.hint.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(error.hint);
    print_json(invocation, {{"error", {{"kind", name_of(error.kind)}, {"message", error.message}, {"hint", hint}}}});
    return exit_code_for(error.kind);
  }
  invocation.err << styled(invocation.err_terminal, Style::bad, "error:") << ' ' << error.message << '\n';
  if (!error.hint.empty()) invocation.err << "  = help: " << error.hint << '\n';
  return exit_code_for(error.kind);
}

void leave(const Invocation& invocation, const Error& error) {
  const ExitCode code = report(invocation, error);
  invocation.out.flush();
  invocation.err.flush();
  ::_exit(code);
}

void print_json(const Invocation& invocation, const nlohmann::ordered_json& document) {
  if (invocation.format == Format::ndjson && document.is_array()) {
    for (const nlohmann::ordered_json& item : document) invocation.out << text_of(item, -1) << '\n';
    return;
  }
  invocation.out << text_of(document, invocation.format == Format::ndjson ? -1 : 2) << '\n';
}

void print_event(const Invocation& invocation, std::string_view name, const nlohmann::ordered_json& data) {
  invocation.out << text_of({{"event", name}, {"data", data}}, -1) << '\n';
  invocation.out.flush();
}

}  // namespace penstock::cli
