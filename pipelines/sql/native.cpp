#include "pipelines/sql/native.h"

#include "pipelines/base/suggest.h"
#include "pipelines/sql/comments.h"

namespace penstock::sql {

ir::Native read_native(const model::Node& text, const SqlLexicon& lexicon, const Parameters& parameters, Diagnostics& diagnostics) {
  if (!loses_lines(text, lexicon, diagnostics)) report_cut_native(text, diagnostics);
  ir::Native native;
  std::size_t behind = 0;
  for (const ParameterUse& use : native_parameters(text.text, lexicon)) {
    const std::size_t length = use.name.size() + 1;
    const auto found = parameters.find(use.name);
    if (found == parameters.end()) {
      report_unknown_parameter(use.name, text.place_of(use.offset, length), parameters, diagnostics);
      continue;
    }
    native.texts.push_back(text.text.substr(behind, use.offset - behind));
    native.values.push_back(ir::parameter(use.name, found->second));
    behind = use.offset + length;
  }
  native.texts.push_back(text.text.substr(behind));
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
