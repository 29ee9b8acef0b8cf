#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "pipelines/ir/function.h"
#include "pipelines/ir/type.h"

namespace penstock::ir {

/// One place of a signature.
struct Parameter {
  enum class Kind {
    type,     ///< Exactly `type`, or what PostgreSQL casts to it by itself.
    any,      ///< Any type; the same for every `any` of the signature.
    one,      ///< Any type, for itself.
    string,   ///< Text, or anything as text.
    number,   ///< Any number.
    integer,  ///< Any whole number.
    decimal,  ///< Any exact number.
    offset,   ///< A whole number up to int32, left as it is.
  };
  Kind kind = Kind::type;
  Type type;
};

/// A signature of the function table, read from its text.
struct Signature {
  enum class Result { type, any, number, array };

  std::vector<Parameter> parameters;
  std::size_t fewest = 0;
  bool variadic = false;  ///< The last parameter may be repeated.
  Result result = Result::type;
  Type result_type;

  std::size_t most() const { return variadic ? static_cast<std::size_t>(-1) : parameters.size(); }
  const Parameter& parameter(std::size_t index) const { return index < parameters.size() ? parameters[index] : parameters.back(); }
};

/// The signatures of a function, in the order of the table. Valid for ever.
std::span<const Signature> signatures(Function function);

}  // namespace penstock::ir
