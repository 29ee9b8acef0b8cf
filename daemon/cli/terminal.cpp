#include "daemon/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace penstock::cli {
namespace {

bool wants_colour(bool is_terminal, ColourChoice choice, const std::function<std::string(const char*)>& environment) {
  if (choice != ColourChoice::automatic) return choice == ColourChoice::always;
  if (!environment("NO_COLOR").empty()) return false;
  const std::string forced = environment("CLICOLOR_FORCE");
  if (!forced.empty() && forced != "0") return true;
  return is_terminal && environment("TERM") != "dumb";
}

int width_of(int file_descriptor, const std::function<std::string(const char*)>& environment) {
  constexpr int kNarrowest = 40;
  constexpr int kUsual = 80;
  winsize size{};
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= kNarrowest) return size.ws_col;
  const int columns = std::atoi(environment("COLUMNS").c_str());
  return columns >= kNarrowest ? columns : kUsual;
}

std::string_view escape_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::good:
      return "\x1b[32m";
    case Style::bad:
      return "\x1b[31m";
    case Style::warning:
      return "\x1b[33m";
    case Style::active:
      return "\x1b[36m";
  }
  return "";
}

}  // namespace

Terminal inspect_terminal(int file_descriptor, ColourChoice choice, const std::function<std::string(const char*)>& environment) {
  Terminal terminal;
  terminal.is_terminal = isatty(file_descriptor) != 0;
  terminal.colour = wants_colour(terminal.is_terminal, choice, environment);
  terminal.width = width_of(file_descriptor, environment);
  return terminal;
}

std::string styled(const Terminal& terminal, Style style, std::string_view text) {
  if (!terminal.colour || style == Style::plain) return std::string(text);
  return std::string(escape_of(style)) + std::string(text) + "\x1b[0m";
}

}  // namespace penstock::cli
