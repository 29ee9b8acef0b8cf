#pragma once

#include <string>
#include <vector>

#include "daemon/cli/terminal.h"

namespace penstock::cli {

/// Columns of text under headings, as wide as they need to be.
class Table {
 public:
  enum class Align { left, right };

  void add_column(std::string heading, Align align = Align::left);
  /// One cell per column; further cells are a programming error.
  void add_row(std::vector<std::string> cells, Style style = Style::plain);
  bool empty() const { return rows_.empty(); }

  /// Ends with a line break. Headings are dimmed on a terminal with colour. Where a line is too long for a terminal, the last column
  /// continues below itself; what goes into a file or a pipe keeps one line per row.
  std::string render(const Terminal& terminal) const;

 private:
  struct Column {
    std::string heading;
    Align align;
  };
  struct Row {
    std::vector<std::string> cells;
    Style style;
  };
  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

/// Columns that a terminal gives a UTF-8 text: characters that combine or are wide are rare in our output and count as one.
std::size_t display_width(std::string_view text);

/// The text up to its first full stop that a blank or the end follows, without it.
std::string first_sentence(std::string_view text);

/// "1 row", "3,000 rows".
std::string counted(long long number, std::string_view noun);

/// "3,000,000".
std::string with_thousands(long long number);

/// "840 ms", "12.4 s", "3 min 05 s", "2 h 10 min".
std::string human_duration(long long milliseconds);

}  // namespace penstock::cli
