#pragma once

#include <span>
#include <string_view>

#include "pipelines/ir/type.h"

namespace penstock::dialects {

/// A target's own word for a type, in lower case, without its parameters.
struct TypeWord {
  std::string_view word;
  ir::Type type;
  bool keep_parameters = false;  ///< decimal(p,s) and varchar(n).
};

/// Reads a catalogue's type: the target's own words first, then Penstock's and PostgreSQL's. Unknown where it is none of them.
ir::Type read_type_name(std::string_view text, std::span<const TypeWord> words);

}  // namespace penstock::dialects
