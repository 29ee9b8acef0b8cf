#include "pipelines/sql/mask.h"

#include <algorithm>

#include "pipelines/base/utf8.h"

namespace penstock::sql {
namespace {

/// PostgreSQL's parser recurses once for every link of a chain such as 1+1+1 when it prints its tree; each link has two tokens or more,
/// and 64,000 links fit a stack of 8 MB.
constexpr std::size_t kLongestChain = 40'000;

constexpr SqlLexicon kLexicon;

bool is_operator(char c) { return std::string_view("+-*/<>=~!@#%^&|`?").find(c) != std::string_view::npos; }

class Masker {
 public:
  explicit Masker(std::string_view text) : text_(text) { masked_.text = text; }

  Masked run() {
    while (at_ < text_.size() && !masked_.unreadable) step();
    return std::move(masked_);
  }

 private:
  char next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }

  void step() {
    const char c = text_[at_];
    if (c == '\0') {
      masked_.unreadable = at_;
    } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++at_;
    } else if (const std::size_t end = after_sql_comment(text_, at_, kLexicon); end > at_) {
      at_ = end;
    } else {
      token(c);
    }
  }

  void token(char c) {
    count(c);
    if (const std::size_t end = after_sql_quoted(text_, at_, kLexicon); end > at_) {
      at_ = end;
    } else if (is_sql_word_start(c)) {
      at_ = after_sql_word(text_, at_);
    } else if (is_sql_digit(c)) {
      while (at_ < text_.size() && (is_sql_word(text_[at_]) || text_[at_] == '.')) ++at_;
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
    if (!is_sql_word_start(next())) {
      ++at_;
      return;
    }
    const std::size_t end = after_sql_word(text_, at_ + 1);
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
  if (c == '\'') return after_sql_quoted(text, at, kLexicon) - offset;
  if (is_sql_word(c) || c == '"') {
    while (at < text.size()) {
      if (text[at] == '"') {
        at = after_sql_quoted(text, at, kLexicon);
      } else if (is_sql_word(text[at]) || (text[at] == '.' && at + 1 < text.size())) {
        ++at;
      } else {
        break;
      }
    }
  } else if (c == ':') {
    at = after_sql_word(text, at + 1);
  } else {
    while (at < text.size() && is_operator(text[at])) ++at;
  }
  return std::max(at, utf8_boundary(text, offset + 1)) - offset;
}

}  // namespace penstock::sql
