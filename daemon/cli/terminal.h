#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace penstock::cli {

/// What is known of one output stream, decided once: colour and redrawing belong to terminals only.
struct Terminal {
  bool is_terminal = false;
  bool colour = false;
  int width = 80;
};

enum class ColourChoice { automatic, always, never };

/// Looks at a file descriptor and at NO_COLOR, CLICOLOR_FORCE, TERM and COLUMNS. `environment` gives a variable or an empty string.
Terminal inspect_terminal(int file_descriptor, ColourChoice choice, const std::function<std::string(const char*)>& environment);

enum class Style { plain, bold, dim, good, bad, warning, active };

/// The text in that style, or as it is where the terminal has no colour. Meaning is never carried by colour alone.
std::string styled(const Terminal& terminal, Style style, std::string_view text);

}  // namespace penstock::cli
