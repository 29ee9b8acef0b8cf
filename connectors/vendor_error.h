#pragma once

#include <span>
#include <string>
#include <string_view>

#include "pipelines/base/error.h"

namespace penstock::connectors {

/// One error that a target reports, or a family of them: what a caller can do about it follows from this alone.
struct VendorError {
  std::string_view code;      ///< As `vendor_code` or `sqlstate` of an Error has it: SYNTAX_ERROR, 40001. Of a family what it begins with.
  int number = 0;             ///< The target's own, where it tells errors apart by one.
  std::string_view sqlstate;  ///< Where the target gives one.
  ErrorKind kind = ErrorKind::permanent;
  std::string_view meaning;  ///< A sentence without a final full stop.
  std::string_view advice;   ///< What to do about it, as `hint` of an Error; empty where the message itself tells.
  bool is_family = false;    ///< It stands for all that begins so, or for a type of the target's.
};

/// All that is known of a target's errors. What is not in it is permanent.
struct ErrorCatalogue {
  std::string_view target;  ///< The connection's type.
  std::string_view source;  ///< Where the codes are listed.
  std::string_view read_on;
  std::span<const VendorError> errors;
};

/// The entry of a code, or of a number written as one; else of the longest family that it begins with. Null where neither is known.
const VendorError* find_error(const ErrorCatalogue& catalogue, std::string_view code);

/// Null where no entry has the number.
const VendorError* find_error(const ErrorCatalogue& catalogue, int number);

/// Byte offset of a line and a column in `statement`, as `statement_offset` of an Error has it. Both count from 1, columns in characters.
/// -1 where there is no such line, or none is told (0).
long offset_of(std::string_view statement, int line, int column);

}  // namespace penstock::connectors
