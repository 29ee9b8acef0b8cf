#include <nlohmann/json.hpp>

#include "connectors/vendor_error.h"
#include "daemon/cli/answer.h"
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

/// Whether a step that failed so is sent again by itself, and why.
std::string_view retry_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::transient:
      return "yes: the same statement may succeed later";
    case ErrorKind::throttled:
      return "yes, after a pause: the target asks for one";
    case ErrorKind::resource:
      return "yes: what ran out may be there later";
    case ErrorKind::unavailable:
      return "yes: nothing was sent";
    case ErrorKind::conflict:
      return "yes: another was faster, and the step begins again";
    case ErrorKind::in_doubt:
      return "no: whether it took effect is not known, so the target is asked first";
    case ErrorKind::cancelled:
      return "no: it was stopped on purpose";
    case ErrorKind::timed_out:
      return "no: it would take as long again";
    case ErrorKind::unauthenticated:
      return "once, where its secrets are others by now";
    default:
      return "no: the same would fail again";
  }
}

/// Where the advice says no more than the meaning there is none.
std::string_view advice_of(const connectors::VendorError& error) {
  return error.advice == error.meaning ? std::string_view() : error.advice;
}

std::string name_of(const connectors::ErrorCatalogue& catalogue, const connectors::VendorError& error) {
  return std::string(catalogue.target) + ":" + std::string(error.code) + (error.is_family ? "*" : "");
}

nlohmann::ordered_json error_json(const connectors::ErrorCatalogue& catalogue, const connectors::VendorError& error) {
  return {{"code", name_of(catalogue, error)},
          {"target", catalogue.target},
          {"number", error.number == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(error.number)},
          {"sqlstate", api::text_or_null(error.sqlstate)},
          {"kind", penstock::name_of(error.kind)},
          {"meaning", error.meaning},
          {"retried", retry_of(error.kind)},
          {"advice", api::text_or_null(advice_of(error))},
          {"source", catalogue.source},
          {"read_on", catalogue.read_on}};
}

int list_errors(Invocation& invocation, const connectors::ErrorCatalogue& catalogue) {
  if (invocation.format != Format::table) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const connectors::VendorError& error : catalogue.errors) list.push_back(error_json(catalogue, error));
    print_json(invocation, list);
    return kSuccess;
  }
  Table table;
  for (const char* heading : {"CODE", "KIND", "MEANING"}) table.add_column(heading);
  for (const connectors::VendorError& error : catalogue.errors) {
    table.add_row({name_of(catalogue, error), std::string(penstock::name_of(error.kind)), std::string(error.meaning)});
  }
  invocation.out << table.render(invocation.out_terminal);
  return kSuccess;
}

int report_unknown_error(Invocation& invocation, const connectors::ErrorCatalogue& catalogue, const std::string& code) {
  std::vector<std::string> names;
  for (const connectors::VendorError& error : catalogue.errors) {
    if (!error.is_family) names.emplace_back(error.code);
  }
  Error error;
  error.kind = ErrorKind::not_found;
  error.message =
      "\"" + code + "\" is no error of " + std::string(catalogue.target) + " that is known; what is not known counts as permanent";
  error.hint = did_you_mean(code, names);
  if (error.hint.empty()) error.hint = "penstock explain " + std::string(catalogue.target) + ": lists them all";
  return report(invocation, error);
}

int explain_error(Invocation& invocation, const connectors::ErrorCatalogue& catalogue, const std::string& code) {
  if (code.empty()) return list_errors(invocation, catalogue);
  const connectors::VendorError* error = connectors::find_error(catalogue, code);
  if (error == nullptr) return report_unknown_error(invocation, catalogue, code);
  if (invocation.format != Format::table) {
    print_json(invocation, error_json(catalogue, *error));
    return kSuccess;
  }
  invocation.out << styled(invocation.out_terminal, Style::bold, name_of(catalogue, *error) + ": " + std::string(error->meaning)) << "\n\n";
  const auto line = [&](std::string_view heading, std::string_view text) {
    if (!text.empty()) invocation.out << heading << text << '\n';
  };
  line("kind      ", penstock::name_of(error->kind));
  line("number    ", error->number == 0 ? "" : std::to_string(error->number));
  line("sqlstate  ", error->sqlstate);
  line("retried   ", retry_of(error->kind));
  line("advice    ", advice_of(*error));
  line("source    ", std::string(catalogue.source) + ", read " + std::string(catalogue.read_on));
  return kSuccess;
}

int explain(Invocation& invocation, const std::string& code) {
  if (code.empty()) return list_codes(invocation);
  const std::size_t colon = code.find(':');
  if (colon == std::string::npos) return explain_code(invocation, code);
  const std::string target = code.substr(0, colon);
  std::vector<std::string> targets;
  for (const connectors::ErrorCatalogue* catalogue : invocation.assembly.error_catalogues) {
    if (catalogue->target == target) return explain_error(invocation, *catalogue, code.substr(colon + 1));
    targets.emplace_back(catalogue->target);
  }
  return report(invocation,
                {ErrorKind::not_found, "there are no errors of \"" + target + "\"", "there are those of " + listed(targets), "", "", -1});
}

}  // namespace

void add_explain(Options& command) {
  auto code = std::make_shared<std::string>();
  command.argument("code", *code,
                   "A code such as PEN1006, or a target's error such as trino:SYNTAX_ERROR or postgres:40001; trino: lists those of Trino");
  command.runs([code](Invocation& invocation) { return explain(invocation, *code); });
}

}  // namespace penstock::cli
