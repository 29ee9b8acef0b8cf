#pragma once

#include <string>
#include <string_view>

#include "pipelines/base/result.h"

namespace penstock::dialects {

/// A LIKE pattern in a target's form.
struct LikePattern {
  std::string text;
  bool needs_escape = false;  ///< `escape '!'` must follow.
};

/// Writes a pattern of % and _ anew with `escape` where `special` characters (beside % and _ and the escape itself) stand for themselves.
/// invalid_input where the pattern ends with its escape character.
Result<LikePattern> like_pattern(std::string_view pattern, std::string_view escape, std::string_view special, char new_escape);

enum class RegexFlavour {
  posix,
  posix_extended,  ///< Without (?:...) and (?s): every group is numbered.
  re2,
  java,
};

/// What is done with the matches. Unless it only matters whether there is one, what engines choose differently is refused: among
/// alternatives, among repetitions that could share the text, and where empty matches are next to others.
enum class RegexUse { like, substring, replace_first, replace_all };

/// Writes a regular expression of the portable subset in an engine's flavour: literals, classes, groups, alternatives, greedy
/// quantifiers and anchors, with \d, \w and \s over ASCII. invalid_input says what is not portable.
Result<std::string> regex_pattern(std::string_view pattern, RegexFlavour flavour, RegexUse use);

/// The replacement text with \1 and \& in an engine's flavour.
Result<std::string> regex_replacement(std::string_view text, RegexFlavour flavour);

}  // namespace penstock::dialects
