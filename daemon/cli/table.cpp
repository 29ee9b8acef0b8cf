#include "daemon/cli/table.h"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <sstream>

namespace penstock::cli {
namespace {

std::string padded(std::string_view text, std::size_t width, Table::Align align) {
  const std::size_t own = display_width(text);
  const std::string blanks(width > own ? width - own : 0, ' ');
  return align == Table::Align::left ? std::string(text) + blanks : blanks + std::string(text);
}

constexpr std::size_t kNarrowestWrapped = 20;

/// Lines of at most `width` columns, broken at blanks; a longer word has a line of its own.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines{""};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!lines.back().empty() && display_width(lines.back()) + 1 + display_width(word) > width) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

void trim_right(std::string& text) { text.erase(text.find_last_not_of(' ') + 1); }

}  // namespace

void Table::add_column(std::string heading, Align align) { columns_.push_back(Column{std::move(heading), align}); }

void Table::add_row(std::vector<std::string> cells, Style style) {
  assert(cells.size() <= columns_.size());
  cells.resize(columns_.size());
  rows_.push_back(Row{std::move(cells), style});
}

std::string Table::render(const Terminal& terminal) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = display_width(columns_[i].heading);
    for (const Row& row : rows_) width = std::max(width, display_width(row.cells[i]));
    widths.push_back(width);
  }
  const auto line = [&](const std::vector<std::string>& cells, Style style) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text += "  ";
      text += padded(cells[i], widths[i], columns_[i].align);
    }
    trim_right(text);
    return styled(terminal, style, text) + "\n";
  };
  std::size_t before_last = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) before_last += widths[i] + 2;
  const auto room = static_cast<std::size_t>(std::max(terminal.width, 0));
  const bool wraps = terminal.is_terminal && room >= before_last + kNarrowestWrapped;
  std::vector<std::string> headings;
  for (const Column& column : columns_) headings.push_back(column.heading);
  std::string text = line(headings, Style::dim);
  for (const Row& row : rows_) {
    if (!wraps || before_last + display_width(row.cells.back()) <= room) {
      text += line(row.cells, row.style);
      continue;
    }
    std::vector<std::string> cells = row.cells;
    for (std::string& part : wrapped(row.cells.back(), room - before_last)) {
      cells.back() = std::move(part);
      text += line(cells, row.style);
      cells.assign(columns_.size(), {});
    }
  }
  return text;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string first_sentence(std::string_view text) {
  for (std::size_t stop = text.find('.'); stop != std::string_view::npos; stop = text.find('.', stop + 1)) {
    if (stop + 1 == text.size() || text[stop + 1] == ' ') return std::string(text.substr(0, stop));
  }
  return std::string(text);
}

std::string counted(long long number, std::string_view noun) {
  return with_thousands(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string with_thousands(long long number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

std::string human_duration(long long milliseconds) {
  constexpr long long kSecond = 1000;
  constexpr long long kMinute = 60 * kSecond;
  constexpr long long kHour = 60 * kMinute;
  char text[48];
  if (milliseconds < kSecond) {
    std::snprintf(text, sizeof text, "%lld ms", milliseconds);
  } else if (milliseconds < kMinute) {
    std::snprintf(text, sizeof text, "%lld.%lld s", milliseconds / kSecond, milliseconds % kSecond / 100);
  } else if (milliseconds < kHour) {
    std::snprintf(text, sizeof text, "%lld min %02lld s", milliseconds / kMinute, milliseconds % kMinute / kSecond);
  } else {
    std::snprintf(text, sizeof text, "%lld h %02lld min", milliseconds / kHour, milliseconds % kHour / kMinute);
  }
  return text;
}

}  // namespace penstock::cli
