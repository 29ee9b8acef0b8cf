#include "pipelines/sql/mask.h"

#include <algorithm>

namespace penstock::sql {
namespace {

/// PostgreSQL's parser recurses once for every link of a chain such as 1+1+1 when it prints its tree; each link has two tokens or more,
/// and 64,000 links fit a stack of 8 MB.
constexpr std::size_t kLongestChain = 40'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_word(char c) { return is_word_start(c) || is_digit(c) || c == '$'; }

bool is_operator(char c) { return std::string_view("+-*/<>=~!@#%^&|`?").find(c) != std::string_view::npos; }

std::size_t after_quoted(std::string_view text, std::size_t at, bool backslashes) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (backslashes && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return text.size();
}

std::size_t after_block_comment(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at + 1 < text.size()) {
    const std::string_view two = text.substr(at, 2);
    if (two == "/*") {
      ++depth;
      at += 2;
    } else if (two == "*/") {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return text.size();
}

// $tag$ ... $tag$; the offset itself where it is no dollar quote.
std::size_t after_dollar_quote(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  if (end < text.size() && is_digit(text[end])) return at;
  while (end < text.size() && is_word(text[end]) && text[end] != '$') ++end;
  if (end >= text.size() || text[end] != '$') return at;
  const std::string_view tag = text.substr(at, end - at + 1);
  const auto close = text.find(tag, end + 1);
  return close == std::string_view::npos ? text.size() : close + tag.size();
}

std::size_t after_word(std::string_view text, std::size_t at) {
  while (at < text.size() && is_word(text[at])) ++at;
  return at;
}

class Masker {
 public:
  explicit Masker(std::string_view text) : text_(text) { masked_.text = text; }

  Masked run() {
    while (at_ < text_.size() && !masked_.unreadable) step();
    return std::move(masked_);
  }

 private:
  char next(std::size_t distance = 1) const { return at_ + distance < text_.size() ? text_[at_ + distance] : '\0'; }

  void step() {
    const char c = text_[at_];
    if (c == '\0') {
      masked_.unreadable = at_;
    } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '-' && next() == '-') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '/' && next() == '*') {
      at_ = after_block_comment(text_, at_);
    } else {
      token(c);
    }
  }

  void token(char c) {
    count(c);
    if (c == '\'' || c == '"') {
      at_ = after_quoted(text_, at_, false);
    } else if ((c == 'e' || c == 'E') && next() == '\'') {
      at_ = after_quoted(text_, at_ + 1, true);
    } else if (is_word_start(c)) {
      at_ = after_word(text_, at_);
    } else if (is_digit(c)) {
      while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '.')) ++at_;
    } else if (c == '$') {
      at_ = std::max(after_dollar_quote(text_, at_), at_ + 1);
    } else if (c == ':') {
      colon();
    } else {
      ++at_;
    }
  }

  void colon() {
    if (next() == ':' || next() == '=') {
      at_ += 2;
      return;
    }
    if (!is_word_start(next())) {
      ++at_;
      return;
    }
    const std::size_t end = after_word(text_, at_ + 1);
    masked_.parameters.push_back({at_, std::string(text_.substr(at_ + 1, end - at_ - 1))});
    std::fill(masked_.text.begin() + static_cast<std::ptrdiff_t>(at_), masked_.text.begin() + static_cast<std::ptrdiff_t>(end), '0');
    masked_.text[at_] = '$';
    masked_.text[end - 1] = '1';
    at_ = end;
  }

  // The tokens since the last comma of every open bracket bound the depth of the tree at this place.
  void count(char c) {
    if (c == '(' || c == '[') {
      open_.push_back(0);
    } else if ((c == ')' || c == ']') && open_.size() > 1) {
      chain_ -= open_.back();
      open_.pop_back();
    } else if (c == ',') {
      chain_ -= open_.back();
      open_.back() = 0;
      return;
    }
    ++open_.back();
    if (++chain_ > kLongestChain) masked_.unreadable = at_;
  }

  std::string_view text_;
  Masked masked_;
  std::size_t at_ = 0;
  std::vector<std::size_t> open_{0};
  std::size_t chain_ = 0;
};

}  // namespace

const ParameterUse* Masked::parameter_at(std::size_t offset) const {
  const auto found = std::lower_bound(parameters.begin(), parameters.end(), offset,
                                      [](const ParameterUse& use, std::size_t wanted) { return use.offset < wanted; });
  return found != parameters.end() && found->offset == offset ? &*found : nullptr;
}

Masked mask(std::string_view text) { return Masker(text).run(); }

std::size_t token_length(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return 1;
  std::size_t at = offset;
  const char c = text[at];
  if (c == '\'') return after_quoted(text, at, false) - offset;
  if (is_word(c) || c == '"') {
    while (at < text.size()) {
      if (text[at] == '"') {
        at = after_quoted(text, at, false);
      } else if (is_word(text[at]) || (text[at] == '.' && at + 1 < text.size())) {
        ++at;
      } else {
        break;
      }
    }
  } else if (c == ':') {
    at = after_word(text, at + 1);
  } else {
    while (at < text.size() && is_operator(text[at])) ++at;
  }
  return std::max<std::size_t>(1, at - offset);
}

}  // namespace penstock::sql
