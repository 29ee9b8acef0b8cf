#include <algorithm>
#include <string>

#include "pipelines/base/diagnostic.h"
#include "pipelines/base/display.h"

namespace penstock {
namespace {

constexpr std::string_view kCut = "...";
constexpr std::size_t kLineNumberWidth = 5;

enum class Style { error, warning, bold, faint };

class Renderer {
 public:
  Renderer(const SourceMap& sources, const RenderOptions& options) : sources_(sources), options_(options) {}

  std::string render(const std::vector<Diagnostic>& diagnostics) {
    const std::size_t shown = std::min(diagnostics.size(), options_.most);
    for (std::size_t i = 0; i < shown; ++i) {
      if (i > 0) out_ += '\n';
      print(diagnostics[i]);
    }
    const std::size_t hidden = diagnostics.size() - shown;
    if (hidden > 0) out_ += "\n... and " + std::to_string(hidden) + " more\n";
    return std::move(out_);
  }

 private:
  void print(const Diagnostic& diagnostic) {
    const bool is_error = diagnostic.severity == Severity::error;
    const Style style = is_error ? Style::error : Style::warning;
    if (is_known(diagnostic.where)) out_ += styled(Style::bold, place(diagnostic.where) + ":") + " ";
    out_ += styled(style, std::string(is_error ? "error" : "warning") + "[" + to_string(diagnostic.code) + "]");
    out_ += ": " + styled(Style::bold, harmless(diagnostic.message)) + "\n";
    const bool has_line = is_known(diagnostic.where) && print_line(diagnostic.where, style, harmless(diagnostic.suggestion));
    if (!has_line && !diagnostic.suggestion.empty()) print_note("help", diagnostic.suggestion);
    for (const Diagnostic::Related& related : diagnostic.related) {
      print_note("see", (is_known(related.where) ? place(related.where) + ": " : std::string()) + related.message);
    }
    if (!diagnostic.help.empty()) print_note("help", diagnostic.help);
  }

  bool is_known(const Span& where) const { return static_cast<bool>(where) && where.file < sources_.size(); }

  std::string place(const Span& where) const {
    return harmless(sources_.path(where.file)) + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
  }

  // Further lines of a note stand below its text.
  void print_note(std::string_view kind, std::string_view text) {
    const std::string label = "   = " + std::string(kind) + ": ";
    out_ += styled(Style::faint, label);
    for (const char c : harmless(text)) {
      out_ += c;
      if (c == '\n') out_.append(label.size(), ' ');
    }
    out_ += '\n';
  }

  bool print_line(const Span& where, Style style, const std::string& suggestion) {
    const std::string_view line = sources_.line(where.file, where.line);
    if (line.find_first_not_of(" \t") == std::string_view::npos && suggestion.empty()) return false;
    const DisplayText display = lay_out(line);
    const std::size_t begin = std::min<std::size_t>(where.column == 0 ? 0 : where.column - 1, line.size());
    const std::size_t end = std::min<std::size_t>(begin + std::max<std::uint32_t>(where.length, 1), line.size());
    const std::size_t caret = display.columns[begin];
    const std::size_t carets = std::max<std::size_t>(1, display.columns[end] - caret);
    const Window window = window_of(display.columns.back(), caret, carets);

    std::string number = std::to_string(where.line);
    if (number.size() < kLineNumberWidth) number.insert(0, kLineNumberWidth - number.size(), ' ');
    std::string shown = columns_of(display.text, window.first, window.last);
    while (!shown.empty() && shown.back() == ' ') shown.pop_back();
    const std::string cut_before(window.first > 0 ? kCut : "");
    const std::string cut_after(window.last < display.columns.back() ? kCut : "");
    out_ += styled(Style::faint, number + " |") + " " + cut_before + shown + cut_after + "\n";
    const std::size_t shown_carets = std::min(carets, std::max<std::size_t>(1, window.last > caret ? window.last - caret : 1));
    out_ += styled(Style::faint, std::string(number.size(), ' ') + " |") + " " +
            std::string(cut_before.size() + caret - window.first, ' ') + styled(style, std::string(shown_carets, '^'));
    if (!suggestion.empty()) out_ += " " + styled(style, suggestion);
    out_ += '\n';
    return true;
  }

  struct Window {
    std::size_t first;
    std::size_t last;
  };

  // A third of the width stays before the caret, so that what leads to it can be read.
  Window window_of(std::size_t columns, std::size_t caret, std::size_t carets) const {
    const std::size_t width = std::max<std::size_t>(options_.width, 20);
    if (columns <= width) return {0, columns};
    std::size_t first = caret > width / 3 ? caret - width / 3 : 0;
    if (caret + carets <= width - width / 3) first = 0;
    first = std::min(first, columns - width);
    return {first, first + width};
  }

  std::string styled(Style style, std::string text) const {
    if (!options_.colour) return text;
    std::string_view start = "\x1b[1m";
    if (style == Style::error) start = "\x1b[1;31m";
    if (style == Style::warning) start = "\x1b[1;33m";
    if (style == Style::faint) start = "\x1b[34m";
    return std::string(start) + text + "\x1b[0m";
  }

  const SourceMap& sources_;
  const RenderOptions& options_;
  std::string out_;
};

}  // namespace

std::string render(const std::vector<Diagnostic>& diagnostics, const SourceMap& sources, const RenderOptions& options) {
  return Renderer(sources, options).render(diagnostics);
}

}  // namespace penstock
