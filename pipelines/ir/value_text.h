#pragma once

#include <optional>

#include "pipelines/ir/value.h"

namespace penstock::ir {

/// The readers behind parse_value that stand in a file of their own, and what all of them share.
Result<Value> parse_temporal(std::string_view text, const Type& type);
Result<Value> parse_interval(std::string_view text, const Type& type);

/// Reads a text from left to right.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  std::string_view rest() const { return rest_; }
  bool take(char c) {
    if (peek() != c || at_end()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view digits() {
    return take_while([](char c) { return c >= '0' && c <= '9'; });
  }
  std::string_view letters() {
    return take_while([](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  }
  void blanks() {
    take_while([](char c) { return c == ' ' || c == '\t' || c == '\n'; });
  }

 private:
  template <typename Accept>
  std::string_view take_while(const Accept& accept) {
    std::size_t length = 0;
    while (length < rest_.size() && accept(rest_[length])) ++length;
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  std::string_view rest_;
};

/// Of decimal digits only; empty where there are none, or too many for a number.
std::optional<std::int64_t> to_number(std::string_view digits);
/// A number of so many digits at the cursor.
std::optional<std::int64_t> take_number(Cursor& cursor, std::size_t fewest, std::size_t most);

/// Without the blanks around it.
std::string_view trimmed(std::string_view text);
/// In ASCII.
std::string lower(std::string_view text);
/// "\"2001-02-30\" is no date".
Failure no_value(std::string_view text, const Type& type, std::string hint = {});

}  // namespace penstock::ir
