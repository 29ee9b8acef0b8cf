#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// Text as a terminal shows it, and where each of its bytes comes to stand.
struct DisplayText {
  std::string text;                    ///< Tabs are blanks; what would steer the terminal or is not UTF-8 is U+FFFD.
  std::vector<std::uint32_t> columns;  ///< Per byte of the original the terminal column from 0; one more for the end.
};

/// Lays a single line out. A tab reaches to the next multiple of four; wide characters take two columns and combining ones none.
DisplayText lay_out(std::string_view line);

/// The part of a laid-out text that stands in the columns [first, last). A wide character that does not fit whole is left out.
std::string columns_of(std::string_view display, std::size_t first, std::size_t last);

/// The text of a message with everything that would steer a terminal as U+FFFD. Line breaks stay.
std::string harmless(std::string_view text);

}  // namespace penstock
