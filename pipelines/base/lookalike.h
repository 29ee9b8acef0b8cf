#pragma once

#include <string>
#include <string_view>

namespace penstock {

/// The text with a blank or a character of ASCII for each that only looks like one (a Cyrillic а, a full-width ｎ, a no-break space, a
/// curly quote), and without what cannot be seen (a zero-width space, a byte order mark).
std::string plain_form(std::string_view text);

/// Names the first character of the text that cannot be seen, or that looks like another one where nothing else of the text is foreign:
/// `U+0430 looks like "a"`. Empty where there is none: a word in Cyrillic is a word.
std::string odd_character(std::string_view text);

/// True for a text with a character that cannot be seen or that looks like a blank.
bool holds_unseen(std::string_view text);

}  // namespace penstock
