#include "daemon/cli/invocation.h"

#include <nlohmann/json.hpp>

namespace penstock::cli {

ExitCode report(const Invocation& invocation, const Error& error) {
  if (invocation.format != Format::table) {
    nlohmann::json problem{{"error", {{"kind", name_of(error.kind)}, {"message", error.message}, {"hint", error.hint}}}};
    invocation.out << problem.dump(invocation.format == Format::json ? 2 : -1) << '\n';
    return exit_code_for(error.kind);
  }
  invocation.err << styled(invocation.err_terminal, Style::bad, "error:") << ' ' << error.message << '\n';
  if (!error.hint.empty()) invocation.err << "  = help: " << error.hint << '\n';
  return exit_code_for(error.kind);
}

void print_json(const Invocation& invocation, const nlohmann::ordered_json& document) {
  if (invocation.format == Format::ndjson && document.is_array()) {
    for (const nlohmann::ordered_json& item : document) invocation.out << item.dump() << '\n';
    return;
  }
  invocation.out << document.dump(invocation.format == Format::ndjson ? -1 : 2) << '\n';
}

}  // namespace penstock::cli
