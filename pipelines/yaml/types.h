#pragma once

#include <string>
#include <string_view>

namespace penstock::yaml {

/// A column's declaration, "text not null trimmed", in its parts. The words behind the type may stand in either order.
struct TypeText {
  std::string_view type;
  bool not_null = false;
  bool trimmed = false;
};
TypeText split_type(std::string_view text);

/// What was probably meant by a word that is no type: a vendor's name, or a typing error. Empty where nothing is near.
std::string suggest_type(std::string_view wrong);

inline constexpr std::string_view kTypeNames =
    "boolean, int16, int32, int64, decimal(p,s), float32, float64, text, varchar(n), bytes, date, time, timestamp, timestamptz, interval, "
    "json, uuid, array(type)";

}  // namespace penstock::yaml
