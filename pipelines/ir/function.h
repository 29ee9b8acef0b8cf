#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/base/result.h"
#include "pipelines/ir/type.h"

namespace penstock::ir {

/// Every function and operator of the portable language, each with one meaning: PostgreSQL's. A dialect says how it prints each, or why
/// its target cannot. New ones are added here, in function.cpp's table and in the dialects; a test finds what was forgotten.
enum class Function : std::uint16_t {
  // logic and comparison
  logical_and,
  logical_or,
  logical_not,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  is_null,
  is_not_null,
  is_true,
  is_not_true,
  is_false,
  is_not_false,
  is_distinct_from,
  is_not_distinct_from,
  like,
  not_like,
  ilike,
  not_ilike,  // operand, pattern, escape (a one-character text literal)
  // arithmetic
  add,
  subtract,
  multiply,
  divide_integers,  ///< Truncates towards zero.
  divide_decimals,  ///< Rounded half away from zero to the result's scale.
  divide_floats,
  modulo,
  negate,
  absolute,
  sign,
  ceiling,
  floor,
  round,  ///< Half away from zero, for decimals; (x, digits) too.
  truncate,
  power,
  square_root,
  exponential,
  natural_logarithm,
  logarithm10,
  greatest,
  least,  ///< Skip NULLs.
  // conditional
  coalesce,
  null_if,
  // text
  concat_operator,  ///< || : NULL if any is NULL.
  concat,           ///< NULLs are skipped.
  concat_ws,
  length,
  octet_length,
  lower,
  upper,
  trim,
  left_trim,
  right_trim,  // trims take (text, characters)
  substring,   ///< (text, start, length?), start counts from 1 and is clamped as PostgreSQL does.
  left,
  right,
  left_pad,
  right_pad,
  repeat,
  replace,
  reverse,
  position,
  starts_with,
  split_part,
  md5,
  regexp_like,
  regexp_replace,
  regexp_substring,
  initcap,
  chr,
  ascii,
  // dates and times
  make_date,
  date_trunc,  ///< (unit literal, value); weeks start on Monday.
  extract_year,
  extract_quarter,
  extract_month,
  extract_week,
  extract_day,
  extract_day_of_week,
  extract_iso_day_of_week,
  extract_day_of_year,
  extract_hour,
  extract_minute,
  extract_second,
  extract_epoch,
  extract_iso_year,
  add_days,                      ///< (date, int) -> date
  add_interval,                  ///< (date or timestamp, interval literal) -> timestamp or timestamptz; month arithmetic clamps.
  days_between,                  ///< (a, b) -> a - b in days, for dates
  timestamp_difference_seconds,  ///< (a, b) -> extract(epoch from a - b) as decimal(38,6)
  at_time_zone,                  ///< timestamptz -> timestamp in the zone, timestamp -> timestamptz
  // aggregates
  count_rows,
  count,
  sum,
  average,
  minimum,
  maximum,
  bool_and,
  bool_or,
  string_agg,
  array_agg,
  any_value,
  stddev_sample,
  variance_sample,
  percentile_cont,
  median,
  approx_count_distinct,
  // window only
  row_number,
  rank,
  dense_rank,
  percent_rank,
  cume_dist,
  ntile,
  lag,
  lead,
  first_value,
  last_value,
  nth_value,
  // json and conversion
  json_text_at,  ///< (json, path parts as text literals...) -> text
  to_char_date,  ///< (date or timestamp, format literal out of a checked list) -> text
  end_of_list
};

enum class FunctionClass : std::uint8_t { scalar, aggregate, window };

/// One row of the function table: what the parser, the type checker, the JSON Schema, `penstock explain` and the dialects know.
struct FunctionSpec {
  Function function;
  std::string_view name;  ///< As a person writes it; an operator's symbol for operators.
  FunctionClass function_class;
  std::string_view signature;  ///< For people: "split_part(text, text, int32) -> text".
  std::string_view doc;        ///< One sentence.
};

const FunctionSpec& spec(Function function);
std::span<const FunctionSpec> function_table();

/// A function chosen for given argument types: the types each argument must be cast to, and what comes out.
struct Resolution {
  Function function;
  std::vector<Type> argument_types;
  Type result;
  /// False where the result can be NULL although no argument is (avg of no rows, lag, nullif).
  bool null_only_from_arguments = true;
  /// True where the result is never NULL (count, is_null, coalesce with a non-null argument is judged by its arguments).
  bool never_null = false;
};

/// The arguments' values where they are whole constants: one per argument, or none at all where nobody looked.
using WholeConstants = std::span<const std::optional<std::int64_t>>;

/// Resolves a name as PostgreSQL would for these argument types (unknown types fit everywhere and give unknown results where they
/// decide). A whole constant beside a decimal has the digits that it has, not those of its type. Fails with not_found for an unknown name,
/// and invalid_input, naming the candidates, where no signature fits.
Result<Resolution> resolve_function(std::string_view name, std::span<const Type> arguments, WholeConstants constants = {});

/// The same for a known function, as components build calls.
Result<Resolution> resolve(Function function, std::span<const Type> arguments, WholeConstants constants = {});

/// What kind of function a name stands for, before its arguments are known; empty for an unknown name.
std::optional<FunctionClass> function_class_of(std::string_view name);

/// Every name that resolve_function knows and that is a word, sorted: what a suggestion is made from.
std::vector<std::string> function_names();

}  // namespace penstock::ir
