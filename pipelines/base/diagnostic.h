#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pipelines/base/diagnostic_code.h"
#include "pipelines/base/source.h"

namespace penstock {

enum class Severity { error, warning };

/// One fault in what a person wrote, with all that is needed to mend it.
struct Diagnostic {
  Code code;
  Severity severity = Severity::error;
  Span where;
  std::string message;     ///< What is wrong, one sentence without a final full stop: unknown key "publsh" in step "daily".
  std::string suggestion;  ///< Printed beside the caret: did you mean "publish"?
  std::string help;        ///< What is allowed here, or how to mend it. May be empty.
  struct Related {
    Span where;
    std::string message;
  };
  std::vector<Related> related;  ///< Other places that matter, such as the first of two definitions.
};

/// Collects every diagnostic of one compilation; the same fault at the same place is kept once. Every text in it is UTF-8 and of bounded
/// length.
class Diagnostics {
 public:
  void add(Diagnostic diagnostic);
  void error(Code code, Span where, std::string message, std::string suggestion = {}, std::string help = {});
  void warning(Code code, Span where, std::string message, std::string suggestion = {}, std::string help = {});

  bool has_errors() const { return error_count_ > 0; }
  std::size_t error_count() const { return error_count_; }
  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  /// In order of file, line and column; those of one place in the order in which they were found.
  std::vector<Diagnostic> sorted() const;
  void append(const Diagnostics& other);

 private:
  std::vector<Diagnostic> all_;
  std::unordered_multimap<std::size_t, std::size_t> by_hash_;  ///< Hash of code, place and message to its index in all_.
  std::size_t error_count_ = 0;
};

struct RenderOptions {
  bool colour = false;
  std::size_t most = 50;    ///< Further ones are counted in a last line.
  std::size_t width = 120;  ///< Terminal columns that a source line may take; a longer one is cut around the caret.
};

/// The diagnostics as text for a terminal, in the order given: file:line:column, code, message, the line, a caret, suggestion and help.
/// What would steer a terminal (control characters, text direction) is shown as U+FFFD.
std::string render(const std::vector<Diagnostic>& diagnostics, const SourceMap& sources, const RenderOptions& options = {});

}  // namespace penstock
