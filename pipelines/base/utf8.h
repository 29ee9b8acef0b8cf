#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock {

/// Bytes of the UTF-8 character at the offset; 0 where there is none. Surrogates and overlong forms are none.
std::size_t utf8_length(std::string_view text, std::size_t offset);

/// The code point of the character at the offset; U+FFFD where there is none.
char32_t utf8_code(std::string_view text, std::size_t offset);

/// The first offset at or behind `offset` at which a character begins or the text ends: where a cut may be made.
std::size_t utf8_boundary(std::string_view text, std::size_t offset);

/// The text, or its first whole characters and "..." where it has more than `most` bytes.
std::string shortened(std::string_view text, std::size_t most);

/// The text with U+FFFD for every byte that belongs to no character.
std::string as_utf8(std::string text);

}  // namespace penstock
