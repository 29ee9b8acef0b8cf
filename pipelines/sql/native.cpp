#include "pipelines/sql/native.h"

#include "pipelines/base/sql_statement.h"
#include "pipelines/base/suggest.h"
#include "pipelines/sql/comments.h"

namespace penstock::sql {

namespace {

constexpr const char* kOneStatement = "native_sql is one SELECT; what is to happen besides is a step of its own";

void report_statement_fault(const model::Node& text, const StatementFault& fault, Diagnostics& diagnostics) {
  using Kind = StatementFault::Kind;
  const Span where = text.place_of(fault.offset, fault.length);
  switch (fault.kind) {
    case Kind::second_statement:
      return diagnostics.error(Code::sql_unsupported, where, "a second statement begins here", "", kOneStatement);
    case Kind::open_text:
      return diagnostics.error(Code::sql_syntax, where, "the text or name that begins here has no end", "", "close it as it was opened");
    case Kind::open_comment:
      return diagnostics.error(Code::sql_syntax, where, "the comment that begins here has no end", "", "close it with */");
    case Kind::open_bracket:
      return diagnostics.error(Code::sql_syntax, where, "this bracket is not closed", "", "close it within native_sql");
    case Kind::stray_bracket:
      return diagnostics.error(Code::sql_syntax, where, "this bracket closes none", "", "open it within native_sql, or leave it out");
    case Kind::empty:
      return diagnostics.error(Code::sql_syntax, text.where, "there is no statement", "", kOneStatement);
  }
}

}  // namespace

ir::Native read_native(const model::Node& text, const SqlLexicon& lexicon, const Parameters& parameters, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.error_count();
  if (!loses_lines(text, lexicon, diagnostics)) report_cut_native(text, diagnostics);
  if (diagnostics.error_count() == before) {
    if (const auto fault = find_statement_fault(text.text, lexicon)) report_statement_fault(text, *fault, diagnostics);
  }
  ir::Native native;
  std::size_t behind = 0;
  const std::string statement = text.text.substr(0, statement_end(text.text, lexicon));
  for (const ParameterUse& use : native_parameters(statement, lexicon)) {
    const std::size_t length = use.name.size() + 1;
    const auto found = parameters.find(use.name);
    if (found == parameters.end()) {
      report_unknown_parameter(use.name, text.place_of(use.offset, length), parameters, diagnostics);
      continue;
    }
    native.texts.push_back(statement.substr(behind, use.offset - behind));
    native.values.push_back(ir::parameter(use.name, found->second));
    behind = use.offset + length;
  }
  native.texts.push_back(statement.substr(behind));
  return native;
}

void report_unknown_parameter(const std::string& name, Span where, const Parameters& parameters, Diagnostics& diagnostics) {
  std::vector<std::string> known;
  for (const auto& [known_name, type] : parameters) known.push_back(known_name);
  std::string suggestion = did_you_mean(name, known);
  for (std::string& one : known) one.insert(0, ":");
  diagnostics.error(
      Code::unknown_parameter, where, "there is no parameter :" + name, std::move(suggestion),
      known.empty() ? "declare it under parameters:" : "there are " + listed(known) + "; others are declared under parameters:");
}

}  // namespace penstock::sql
