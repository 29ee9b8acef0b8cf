#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/table.h"
#include "pipelines/base/diagnostic_code.h"
#include "pipelines/base/suggest.h"

namespace penstock::cli {
namespace {

nlohmann::ordered_json code_json(const CodeSpec& spec) {
  return {{"code", to_string(spec.code)}, {"title", spec.title}, {"explanation", spec.explanation}, {"example", spec.example}};
}

int list_codes(Invocation& invocation) {
  if (invocation.format != Format::table) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const CodeSpec& spec : code_table()) list.push_back(code_json(spec));
    print_json(invocation, list);
    return kSuccess;
  }
  Table table;
  table.add_column("CODE");
  table.add_column("TITLE");
  for (const CodeSpec& spec : code_table()) table.add_row({to_string(spec.code), std::string(spec.title)});
  invocation.out << table.render(invocation.out_terminal);
  return kSuccess;
}

int explain_code(Invocation& invocation, const std::string& text) {
  const std::optional<Code> code = parse_code(text);
  if (!code) {
    std::vector<std::string> names;
    for (const CodeSpec& spec : code_table()) names.push_back(to_string(spec.code));
    Error error;
    error.kind = ErrorKind::not_found;
    error.message = "there is no code \"" + text + "\"";
    error.hint = did_you_mean(text, names);
    if (error.hint.empty()) error.hint = "penstock explain lists them all";
    return report(invocation, error);
  }
  for (const CodeSpec& spec : code_table()) {
    if (spec.code != *code) continue;
    if (invocation.format != Format::table) {
      print_json(invocation, code_json(spec));
      continue;
    }
    invocation.out << styled(invocation.out_terminal, Style::bold, to_string(spec.code) + ": " + std::string(spec.title)) << "\n\n"
                   << spec.explanation << "\n\n"
                   << spec.example << '\n';
  }
  return kSuccess;
}

}  // namespace

void add_explain(Options& command) {
  auto code = std::make_shared<std::string>();
  command.argument("code", *code, "A code such as PEN1006; without it, all are listed");
  command.runs([code](Invocation& invocation) { return code->empty() ? list_codes(invocation) : explain_code(invocation, *code); });
}

}  // namespace penstock::cli
