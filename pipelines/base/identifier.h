#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "pipelines/base/result.h"

namespace penstock {

/// The name of a column, table, schema, step or pipeline. Only the dialect's writer turns it into SQL text, always quoted, so that
/// quoting cannot be forgotten. Portable identifiers are lower case and at most 63 bytes; `exact` keeps the case of foreign objects.
class Identifier {
 public:
  static constexpr std::size_t kLongestBytes = 63;

  Identifier() = default;

  /// Folds ASCII letters to lower case and checks: not empty, at most 63 bytes, valid UTF-8, no control characters.
  static Result<Identifier> fold(std::string_view text);

  /// Keeps the text as it is; for names that exist in a target already, and for names that the compiler makes itself.
  static Identifier exact(std::string text) { return Identifier(std::move(text)); }

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Identifier&, const Identifier&) = default;
  friend auto operator<=>(const Identifier&, const Identifier&) = default;

 private:
  explicit Identifier(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

/// A table as a target knows it. Parts that are empty are left to the connection's own catalogue and schema.
struct TableName {
  Identifier catalog;
  Identifier schema;
  Identifier name;

  friend bool operator==(const TableName&, const TableName&) = default;
  friend auto operator<=>(const TableName&, const TableName&) = default;
};

/// "catalog.schema.name" with the empty parts left out, for people; never for SQL.
std::string to_string(const TableName& table);

}  // namespace penstock

template <>
struct std::hash<penstock::Identifier> {
  std::size_t operator()(const penstock::Identifier& identifier) const noexcept { return std::hash<std::string>()(identifier.text()); }
};
