#include "pipelines/dialects/pattern.h"

#include <vector>

namespace penstock::dialects {
namespace {

Failure not_portable(std::string_view what, std::string hint) {
  return fail(ErrorKind::invalid_input, "the pattern holds " + std::string(what) + ", which engines read differently", std::move(hint));
}

class RegexReader {
 public:
  RegexReader(std::string_view pattern, RegexFlavour flavour, RegexUse use)
      : pattern_(pattern),
        flavour_(flavour),
        whole_match_(use != RegexUse::like),
        keep_groups_(use == RegexUse::replace_first || use == RegexUse::replace_all),
        all_(use == RegexUse::replace_all) {}

  Result<std::string> read() {
    // A dot matches a line break in PostgreSQL.
    if (flavour_ == RegexFlavour::re2 || flavour_ == RegexFlavour::java) out_ += "(?s)";
    while (at_ < pattern_.size()) {
      if (auto done = read_one(); !done) return fail(std::move(done.error()));
    }
    if (whole_match_ && repeats_group_ && repetitions_ > 1) {
      // 'a*(ab)?' on 'aab': PostgreSQL takes the longest text, 'aab', the others what comes first, 'aa'.
      return not_portable("a repeated group beside another repetition",
                          "repeat single characters or classes only, or take the text apart in two calls");
    }
    if (all_ && repetitions_ > 0 && open_.front().certain == 0) {
      // RE2 finds no empty text right behind a match: 'x*' in 'xa' gives '-a-' there and '--a-' elsewhere.
      return not_portable("nothing that must be there, so that empty texts would be replaced", "write + instead of *");
    }
    if (open_.size() > 1)
      return fail(ErrorKind::invalid_input, "the pattern has an open bracket", "close it, or write \\( for the character");
    return std::move(out_);
  }

 private:
  Result<void> read_one() {
    const char c = pattern_[at_];
    switch (c) {
      case '\\':
        atom(false);
        return read_escape(false);
      case '[':
        atom(false);
        return read_class();
      case '(':
        return open_group();
      case ')':
        if (open_.size() == 1)
          return fail(ErrorKind::invalid_input, "the pattern closes a bracket that is not open", "write \\) for the character");
        close_group();
        break;
      case '|':
        if (whole_match_) return not_portable("alternatives", "give each alternative its own call, or use a class such as [ab]");
        break;
      case '*':
      case '+':
      case '?':
      case '{':
        return read_quantifier();
      case '^':
        break;
      case '$':
        // In Java $ also matches before a last line break.
        out_ += flavour_ == RegexFlavour::java ? "\\z" : "$";
        ++at_;
        return {};
      default:
        atom(false);
        break;
    }
    out_ += c;
    ++at_;
    return {};
  }

  Result<void> read_quantifier() {
    std::size_t end = at_ + 1;
    bool exact = false;
    if (pattern_[at_] == '{') {
      end = pattern_.find('}', at_);
      if (end == std::string_view::npos) {
        return fail(ErrorKind::invalid_input, "the pattern has an open {", "close it, or write \\{ for the character");
      }
      exact = pattern_.substr(at_, end - at_).find(',') == std::string_view::npos;
      ++end;
    }
    if (end < pattern_.size() && pattern_[end] == '?') return not_portable("a lazy quantifier", "use a class that excludes: [^x]*");
    if (end < pattern_.size() && (pattern_[end] == '*' || pattern_[end] == '+')) {
      return not_portable("one quantifier behind another", "put what is repeated into a group");
    }
    if (!exact) {
      ++repetitions_;
      repeats_group_ = repeats_group_ || last_is_wide_;
    }
    const std::string_view quantifier = pattern_.substr(at_, end - at_);
    const bool optional = quantifier == "*" || quantifier == "?" || quantifier.starts_with("{0") || quantifier.starts_with("{,");
    if (optional && last_is_certain_) --open_.back().certain;
    last_is_certain_ = last_is_certain_ && !optional;
    out_ += pattern_.substr(at_, end - at_);
    at_ = end;
    return {};
  }

  void atom(bool is_wide, bool is_certain = true) {
    ++open_.back().atoms;
    last_is_wide_ = is_wide;
    last_is_certain_ = is_certain;
    if (is_certain) ++open_.back().certain;
  }

  void close_group() {
    const Group group = open_.back();
    open_.pop_back();
    atom(group.atoms != 1 || last_is_wide_, group.certain > 0);
  }

  Result<void> open_group() {
    open_.push_back({});
    const std::string_view rest = pattern_.substr(at_);
    const bool numbers_all = flavour_ == RegexFlavour::posix_extended;
    if (rest.starts_with("(?:")) {
      if (numbers_all && keep_groups_) return not_portable("(?:...)", "here every group is numbered: write (...), and count it");
      out_ += numbers_all ? "(" : "(?:";
      at_ += 3;
      return {};
    }
    if (rest.starts_with("(?") || rest.starts_with("(*")) return not_portable("(?...)", "only (?:...) and (...) are portable");
    out_ += keep_groups_ || numbers_all ? "(" : "(?:";
    ++at_;
    return {};
  }

  // Engines differ about what else than ASCII a digit, a word or a blank is.
  Result<void> read_escape(bool in_class) {
    if (at_ + 1 >= pattern_.size())
      return fail(ErrorKind::invalid_input, "the pattern ends with a backslash", "write \\\\ for the character");
    const char c = pattern_[at_ + 1];
    at_ += 2;
    const auto set = [&](std::string_view members) {
      out_ += in_class ? std::string(members) : "[" + std::string(members) + "]";
      return Result<void>{};
    };
    switch (c) {
      case 'd':
        return set("0-9");
      case 'w':
        return set("A-Za-z0-9_");
      case 's':
        return set(" \\t\\n\\r\\f\\v");
      case 'D':
      case 'W':
      case 'S':
        if (in_class) return not_portable("a negated class in a class", "write the members out");
        out_ += c == 'D' ? "[^0-9]" : c == 'W' ? "[^A-Za-z0-9_]" : "[^ \\t\\n\\r\\f\\v]";
        return {};
      case 't':
      case 'n':
      case 'r':
      case 'f':
        out_ += '\\';
        out_ += c;
        return {};
      default:
        break;
    }
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (alphanumeric) return not_portable(std::string("\\") + c, "\\d \\w \\s \\D \\W \\S \\t \\n \\r \\f are portable");
    out_ += '\\';
    out_ += c;
    return {};
  }

  Result<void> read_class() {
    out_ += '[';
    ++at_;
    if (at_ < pattern_.size() && pattern_[at_] == '^') {
      out_ += '^';
      ++at_;
    }
    bool first = true;
    while (at_ < pattern_.size()) {
      const char c = pattern_[at_];
      if (c == ']' && !first) {
        out_ += ']';
        ++at_;
        return {};
      }
      if (c == '[') {
        if (at_ + 1 < pattern_.size() && (pattern_[at_ + 1] == ':' || pattern_[at_ + 1] == '.' || pattern_[at_ + 1] == '=')) {
          return not_portable("a named class", "write its members, such as A-Za-z");
        }
        out_ += "\\[";
        ++at_;
      } else if (c == '\\') {
        if (auto done = read_escape(true); !done) return done;
      } else {
        if (c == ']' || c == '&' || c == '~') out_ += '\\';
        out_ += c;
        ++at_;
      }
      first = false;
    }
    return fail(ErrorKind::invalid_input, "the pattern has an open class", "close it with ], or write \\[ for the character");
  }

  std::string_view pattern_;
  RegexFlavour flavour_;
  bool whole_match_;
  bool keep_groups_;
  std::size_t at_ = 0;
  /// How many characters, classes and groups it holds so far, and how many of them match at least one character.
  struct Group {
    int atoms = 0;
    int certain = 0;
  };

  bool all_;
  std::vector<Group> open_{Group{}};
  bool last_is_wide_ = false;  // Whether the last atom is a group of more than one.
  bool last_is_certain_ = false;
  bool repeats_group_ = false;
  int repetitions_ = 0;
  std::string out_;
};

}  // namespace

Result<LikePattern> like_pattern(std::string_view pattern, std::string_view escape, std::string_view special, char new_escape) {
  LikePattern written;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    bool literal = false;
    if (!escape.empty() && pattern.substr(i).starts_with(escape)) {
      i += escape.size();
      if (i >= pattern.size()) {
        return fail(ErrorKind::invalid_input, "the LIKE pattern ends with its escape character", "double the character to match itself");
      }
      literal = true;
    }
    const char c = pattern[i];
    const bool wildcard = c == '%' || c == '_';
    const bool escaped = (wildcard && literal) || c == new_escape || special.find(c) != std::string_view::npos;
    if (escaped) {
      written.text += new_escape;
      written.needs_escape = true;
    }
    written.text += c;
  }
  return written;
}

Result<std::string> regex_pattern(std::string_view pattern, RegexFlavour flavour, RegexUse use) {
  if (pattern.starts_with("***")) return not_portable("a director (***)", "leave it out");
  return RegexReader(pattern, flavour, use).read();
}

Result<std::string> regex_replacement(std::string_view text, RegexFlavour flavour) {
  const bool java = flavour == RegexFlavour::java;
  std::string written;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      const char next = text[++i];
      const bool group = (next >= '1' && next <= '9') || next == '&';
      const char number = next == '&' ? '0' : next;
      if (group && (flavour == RegexFlavour::posix || flavour == RegexFlavour::posix_extended)) {
        if (next == '&' && flavour == RegexFlavour::posix_extended)
          return not_portable("\\&", "put the whole pattern into a group, and write \\1");
        written += std::string("\\") + next;
      } else if (group) {
        written += java ? '$' : '\\';
        written += number;
      } else if (next == '\\') {
        written += "\\\\";
      } else {
        return not_portable("a backslash in the replacement", "\\1 to \\9, \\& and \\\\ are portable");
      }
      continue;
    }
    if (c == '\\') return not_portable("a backslash at the end of the replacement", "write \\\\ for the character");
    if (java && c == '$') written += '\\';
    written += c;
  }
  return written;
}

}  // namespace penstock::dialects
