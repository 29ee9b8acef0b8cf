#include <array>

#include "pipelines/base/broken.h"
#include "pipelines/ir/function.h"

namespace penstock::ir {
namespace {

using F = Function;
constexpr auto kScalar = FunctionClass::scalar;
constexpr auto kAggregate = FunctionClass::aggregate;
constexpr auto kWindow = FunctionClass::window;

// The signatures are read by function.cpp: "name(type, type?, type...) -> type; next". `any` is one type for all its places, `number` is
// any numeric type, `integer` any whole one, `decimal` any decimal; a result `number` or `any` is the common type.
constexpr std::array kFunctions{
    // logic and comparison
    FunctionSpec{F::logical_and, "and", kScalar, "and(boolean...) -> boolean", "True if all are true."},
    FunctionSpec{F::logical_or, "or", kScalar, "or(boolean...) -> boolean", "True if one is true."},
    FunctionSpec{F::logical_not, "not", kScalar, "not(boolean) -> boolean", "The opposite; NULL stays NULL."},
    FunctionSpec{F::equal, "=", kScalar, "=(any, any) -> boolean", "Equal; NULL if a side is NULL."},
    FunctionSpec{F::not_equal, "<>", kScalar, "<>(any, any) -> boolean", "Not equal; NULL if a side is NULL."},
    FunctionSpec{F::less, "<", kScalar, "<(any, any) -> boolean", "Less than."},
    FunctionSpec{F::less_equal, "<=", kScalar, "<=(any, any) -> boolean", "Less than or equal."},
    FunctionSpec{F::greater, ">", kScalar, ">(any, any) -> boolean", "Greater than."},
    FunctionSpec{F::greater_equal, ">=", kScalar, ">=(any, any) -> boolean", "Greater than or equal."},
    FunctionSpec{F::is_null, "is null", kScalar, "is null(any) -> boolean", "True for NULL; never NULL itself."},
    FunctionSpec{F::is_not_null, "is not null", kScalar, "is not null(any) -> boolean", "False for NULL; never NULL itself."},
    FunctionSpec{F::is_true, "is true", kScalar, "is true(boolean) -> boolean", "False for NULL."},
    FunctionSpec{F::is_not_true, "is not true", kScalar, "is not true(boolean) -> boolean", "True for NULL."},
    FunctionSpec{F::is_false, "is false", kScalar, "is false(boolean) -> boolean", "False for NULL."},
    FunctionSpec{F::is_not_false, "is not false", kScalar, "is not false(boolean) -> boolean", "True for NULL."},
    FunctionSpec{F::is_distinct_from, "is distinct from", kScalar, "is distinct from(any, any) -> boolean",
                 "Not equal, where NULL is a value like any other."},
    FunctionSpec{F::is_not_distinct_from, "is not distinct from", kScalar, "is not distinct from(any, any) -> boolean",
                 "Equal, where NULL is a value like any other."},
    FunctionSpec{F::like, "like", kScalar, "like(text, text, text) -> boolean",
                 "The text matches the pattern of % and _; the third argument is the escape character."},
    FunctionSpec{F::not_like, "not like", kScalar, "not like(text, text, text) -> boolean", "The text does not match the pattern."},
    FunctionSpec{F::ilike, "ilike", kScalar, "ilike(text, text, text) -> boolean", "LIKE without regard to case."},
    FunctionSpec{F::not_ilike, "not ilike", kScalar, "not ilike(text, text, text) -> boolean", "NOT LIKE without regard to case."},
    // arithmetic
    FunctionSpec{F::add, "+", kScalar, "+(number, number) -> number; +(interval, interval) -> interval", "Sum; an overflow fails."},
    FunctionSpec{F::subtract, "-", kScalar, "-(number, number) -> number; -(interval, interval) -> interval", "Difference."},
    FunctionSpec{F::multiply, "*", kScalar, "*(number, number) -> number; *(interval, integer) -> interval", "Product."},
    FunctionSpec{F::divide_integers, "/", kScalar, "/(integer, integer) -> number", "Quotient of whole numbers, truncated towards zero."},
    FunctionSpec{F::divide_decimals, "/", kScalar, "/(decimal, decimal) -> decimal",
                 "Quotient with sixteen fraction digits, or as many as the larger scale of the two."},
    FunctionSpec{F::divide_floats, "/", kScalar, "/(float64, float64) -> float64", "Quotient of floats; division by zero fails."},
    FunctionSpec{F::modulo, "%", kScalar, "%(number, number) -> number", "Remainder with the sign of the dividend; for exact numbers."},
    FunctionSpec{F::negate, "-", kScalar, "-(number) -> number; -(interval) -> interval", "The number with the other sign."},
    FunctionSpec{F::absolute, "abs", kScalar, "abs(number) -> number", "The number without its sign."},
    FunctionSpec{F::sign, "sign", kScalar, "sign(number) -> number", "-1, 0 or 1."},
    FunctionSpec{F::ceiling, "ceil", kScalar, "ceil(number) -> number", "The nearest whole number that is not less."},
    FunctionSpec{F::floor, "floor", kScalar, "floor(number) -> number", "The nearest whole number that is not greater."},
    FunctionSpec{F::round, "round", kScalar, "round(number, int32?) -> number",
                 "Rounded half away from zero to so many fraction digits, none if not given."},
    FunctionSpec{F::truncate, "trunc", kScalar, "trunc(number, int32?) -> number", "Cut after so many fraction digits, none if not given."},
    FunctionSpec{F::power, "power", kScalar, "power(float64, float64) -> float64", "The first to the power of the second, in floats."},
    FunctionSpec{F::square_root, "sqrt", kScalar, "sqrt(float64) -> float64", "Square root; a negative number fails."},
    FunctionSpec{F::exponential, "exp", kScalar, "exp(float64) -> float64", "e to the power of the number."},
    FunctionSpec{F::natural_logarithm, "ln", kScalar, "ln(float64) -> float64", "Natural logarithm; zero and less fail."},
    FunctionSpec{F::logarithm10, "log10", kScalar, "log10(float64) -> float64", "Logarithm to base 10; zero and less fail."},
    FunctionSpec{F::greatest, "greatest", kScalar, "greatest(any...) -> any", "The greatest; NULLs are skipped."},
    FunctionSpec{F::least, "least", kScalar, "least(any...) -> any", "The least; NULLs are skipped."},
    // conditional
    FunctionSpec{F::coalesce, "coalesce", kScalar, "coalesce(any...) -> any", "The first that is not NULL."},
    FunctionSpec{F::null_if, "nullif", kScalar, "nullif(any, any) -> any", "NULL if both are equal, otherwise the first."},
    // text
    FunctionSpec{F::concat_operator, "||", kScalar, "||(string, string) -> text", "One text after the other; NULL if a side is NULL."},
    FunctionSpec{F::concat, "concat", kScalar, "concat(string...) -> text", "One text after the other; NULLs are skipped."},
    FunctionSpec{F::concat_ws, "concat_ws", kScalar, "concat_ws(text, string...) -> text",
                 "The texts with the first argument between them; NULLs are skipped."},
    FunctionSpec{F::length, "length", kScalar, "length(text) -> int32", "The number of characters."},
    FunctionSpec{F::octet_length, "octet_length", kScalar, "octet_length(text) -> int32", "The number of bytes in UTF-8."},
    FunctionSpec{F::lower, "lower", kScalar, "lower(text) -> text", "In lower case."},
    FunctionSpec{F::upper, "upper", kScalar, "upper(text) -> text", "In upper case."},
    FunctionSpec{F::trim, "trim", kScalar, "trim(text, text) -> text", "Without the given characters at both ends."},
    FunctionSpec{F::left_trim, "ltrim", kScalar, "ltrim(text, text) -> text", "Without the given characters at the start."},
    FunctionSpec{F::right_trim, "rtrim", kScalar, "rtrim(text, text) -> text", "Without the given characters at the end."},
    FunctionSpec{F::substring, "substring", kScalar, "substring(text, int32, int32?) -> text",
                 "So many characters from a place on, counted from 1."},
    FunctionSpec{F::left, "left", kScalar, "left(text, int32) -> text",
                 "The first characters; a negative number leaves out the last ones."},
    FunctionSpec{F::right, "right", kScalar, "right(text, int32) -> text",
                 "The last characters; a negative number leaves out the first ones."},
    FunctionSpec{F::left_pad, "lpad", kScalar, "lpad(text, int32, text?) -> text", "Filled from the left, or cut, to a length."},
    FunctionSpec{F::right_pad, "rpad", kScalar, "rpad(text, int32, text?) -> text", "Filled from the right, or cut, to a length."},
    FunctionSpec{F::repeat, "repeat", kScalar, "repeat(text, int32) -> text", "The text so many times."},
    FunctionSpec{F::replace, "replace", kScalar, "replace(text, text, text) -> text",
                 "Every occurrence of the second replaced by the third."},
    FunctionSpec{F::reverse, "reverse", kScalar, "reverse(text) -> text", "The characters from last to first."},
    FunctionSpec{F::position, "strpos", kScalar, "strpos(text, text) -> int32",
                 "Where the second text starts in the first, counted from 1; 0 if nowhere."},
    FunctionSpec{F::starts_with, "starts_with", kScalar, "starts_with(text, text) -> boolean", "The first text starts with the second."},
    FunctionSpec{F::split_part, "split_part", kScalar, "split_part(text, text, int32) -> text",
                 "The n-th part between separators, counted from 1; negative counts from the end; empty if there is none."},
    FunctionSpec{F::md5, "md5", kScalar, "md5(text) -> text", "MD5 of the UTF-8 bytes in lower-case hexadecimal digits."},
    FunctionSpec{F::regexp_like, "regexp_like", kScalar, "regexp_like(text, text) -> boolean", "The regular expression matches somewhere."},
    FunctionSpec{F::regexp_replace, "regexp_replace", kScalar, "regexp_replace(text, text, text, text?) -> text",
                 "The first match replaced, or every one with the flag 'g'."},
    FunctionSpec{F::regexp_substring, "regexp_substr", kScalar, "regexp_substr(text, text) -> text",
                 "The first match, NULL if there is none."},
    FunctionSpec{F::initcap, "initcap", kScalar, "initcap(text) -> text", "Each word with a capital, the rest in lower case."},
    FunctionSpec{F::chr, "chr", kScalar, "chr(int32) -> text", "The character of a Unicode code point."},
    FunctionSpec{F::ascii, "ascii", kScalar, "ascii(text) -> int32", "The Unicode code point of the first character; 0 for empty text."},
    // dates and times
    FunctionSpec{F::make_date, "make_date", kScalar, "make_date(int32, int32, int32) -> date", "The date of a year, month and day."},
    FunctionSpec{F::date_trunc, "date_trunc", kScalar,
                 "date_trunc(text, timestamp) -> timestamp; date_trunc(text, timestamptz) -> timestamptz",
                 "The start of the unit; weeks start on Monday; a date counts as its midnight, in UTC, and gives a timestamptz."},
    FunctionSpec{F::extract_year, "extract_year", kScalar,
                 "extract_year(date) -> int32; extract_year(timestamp) -> int32; extract_year(timestamptz) -> int32",
                 "extract(year from x)."},
    FunctionSpec{F::extract_quarter, "extract_quarter", kScalar,
                 "extract_quarter(date) -> int32; extract_quarter(timestamp) -> int32; extract_quarter(timestamptz) -> int32",
                 "extract(quarter from x)."},
    FunctionSpec{F::extract_month, "extract_month", kScalar,
                 "extract_month(date) -> int32; extract_month(timestamp) -> int32; extract_month(timestamptz) -> int32",
                 "extract(month from x)."},
    FunctionSpec{F::extract_week, "extract_week", kScalar,
                 "extract_week(date) -> int32; extract_week(timestamp) -> int32; extract_week(timestamptz) -> int32",
                 "extract(week from x): the ISO week."},
    FunctionSpec{F::extract_day, "extract_day", kScalar,
                 "extract_day(date) -> int32; extract_day(timestamp) -> int32; extract_day(timestamptz) -> int32", "extract(day from x)."},
    FunctionSpec{F::extract_day_of_week, "extract_dow", kScalar,
                 "extract_dow(date) -> int32; extract_dow(timestamp) -> int32; extract_dow(timestamptz) -> int32",
                 "extract(dow from x): Sunday is 0."},
    FunctionSpec{F::extract_iso_day_of_week, "extract_isodow", kScalar,
                 "extract_isodow(date) -> int32; extract_isodow(timestamp) -> int32; extract_isodow(timestamptz) -> int32",
                 "extract(isodow from x): Monday is 1, Sunday is 7."},
    FunctionSpec{F::extract_day_of_year, "extract_doy", kScalar,
                 "extract_doy(date) -> int32; extract_doy(timestamp) -> int32; extract_doy(timestamptz) -> int32",
                 "extract(doy from x): 1 to 366."},
    FunctionSpec{F::extract_hour, "extract_hour", kScalar,
                 "extract_hour(timestamp) -> int32; extract_hour(timestamptz) -> int32; extract_hour(time) -> int32",
                 "extract(hour from x)."},
    FunctionSpec{F::extract_minute, "extract_minute", kScalar,
                 "extract_minute(timestamp) -> int32; extract_minute(timestamptz) -> int32; extract_minute(time) -> int32",
                 "extract(minute from x)."},
    FunctionSpec{
        F::extract_second, "extract_second", kScalar,
        "extract_second(timestamp) -> decimal(8,6); extract_second(timestamptz) -> decimal(8,6); extract_second(time) -> decimal(8,6)",
        "extract(second from x), with its fraction."},
    FunctionSpec{F::extract_epoch, "extract_epoch", kScalar,
                 "extract_epoch(timestamp) -> decimal(20,6); extract_epoch(timestamptz) -> decimal(20,6)",
                 "extract(epoch from x): seconds since 1970-01-01 00:00:00."},
    FunctionSpec{F::extract_iso_year, "extract_isoyear", kScalar,
                 "extract_isoyear(date) -> int32; extract_isoyear(timestamp) -> int32; extract_isoyear(timestamptz) -> int32",
                 "extract(isoyear from x): the year of the ISO week."},
    FunctionSpec{F::add_days, "add_days", kScalar, "add_days(date, int32) -> date", "date + int: so many days later."},
    FunctionSpec{F::add_interval, "add_interval", kScalar,
                 "add_interval(timestamp, interval) -> timestamp; add_interval(timestamptz, interval) -> timestamptz",
                 "timestamp + interval; the last day of a shorter month is taken."},
    FunctionSpec{F::days_between, "days_between", kScalar, "days_between(date, date) -> int32",
                 "date - date: the days from the second to the first."},
    FunctionSpec{F::timestamp_difference_seconds, "timestamp_difference_seconds", kScalar,
                 "timestamp_difference_seconds(timestamp, timestamp) -> decimal(38,6); "
                 "timestamp_difference_seconds(timestamptz, timestamptz) -> decimal(38,6)",
                 "extract(epoch from a - b): the seconds from the second to the first."},
    FunctionSpec{F::at_time_zone, "timezone", kScalar, "timezone(timestamptz, text) -> timestamp; timezone(timestamp, text) -> timestamptz",
                 "x at time zone 'Europe/Berlin': the wall clock there, or the moment of a wall clock."},
    // aggregates
    FunctionSpec{F::count_rows, "count", kAggregate, "count() -> int64", "count(*): the number of rows."},
    FunctionSpec{F::count, "count", kAggregate, "count(one) -> int64", "The number of rows where it is not NULL."},
    FunctionSpec{F::sum, "sum", kAggregate, "sum(number) -> number", "The sum; NULL if there is nothing to add."},
    FunctionSpec{F::average, "avg", kAggregate, "avg(number) -> number",
                 "The mean; NULL if there is nothing. Of exact numbers it is a decimal with 16 fraction digits or more."},
    FunctionSpec{F::minimum, "min", kAggregate, "min(any) -> any", "The least value."},
    FunctionSpec{F::maximum, "max", kAggregate, "max(any) -> any", "The greatest value."},
    FunctionSpec{F::bool_and, "bool_and", kAggregate, "bool_and(boolean) -> boolean", "True if all are true; NULLs are skipped."},
    FunctionSpec{F::bool_or, "bool_or", kAggregate, "bool_or(boolean) -> boolean", "True if one is true; NULLs are skipped."},
    FunctionSpec{F::string_agg, "string_agg", kAggregate, "string_agg(text, text) -> text",
                 "The texts in order, with the second argument between them."},
    FunctionSpec{F::array_agg, "array_agg", kAggregate, "array_agg(any) -> array", "The values in order, as an array."},
    FunctionSpec{F::any_value, "any_value", kAggregate, "any_value(any) -> any", "Any one of the values that is not NULL."},
    FunctionSpec{F::stddev_sample, "stddev_samp", kAggregate, "stddev_samp(float64) -> float64", "The standard deviation of a sample."},
    FunctionSpec{F::variance_sample, "var_samp", kAggregate, "var_samp(float64) -> float64", "The variance of a sample."},
    FunctionSpec{F::percentile_cont, "percentile_cont", kAggregate, "percentile_cont(float64, float64) -> float64",
                 "percentile_cont(fraction) within group (order by value): arguments are the fraction and the value."},
    FunctionSpec{F::median, "median", kAggregate, "median(float64) -> float64", "percentile_cont(0.5)."},
    FunctionSpec{F::approx_count_distinct, "approx_count_distinct", kAggregate, "approx_count_distinct(one) -> int64",
                 "About the number of distinct values; engines differ by a few percent."},
    // window only
    FunctionSpec{F::row_number, "row_number", kWindow, "row_number() -> int64", "The row's number, from 1."},
    FunctionSpec{F::rank, "rank", kWindow, "rank() -> int64", "The rank with gaps after equal rows."},
    FunctionSpec{F::dense_rank, "dense_rank", kWindow, "dense_rank() -> int64", "The rank without gaps."},
    FunctionSpec{F::percent_rank, "percent_rank", kWindow, "percent_rank() -> float64", "The rank as a share from 0 to 1."},
    FunctionSpec{F::cume_dist, "cume_dist", kWindow, "cume_dist() -> float64", "The share of rows that come not later."},
    FunctionSpec{F::ntile, "ntile", kWindow, "ntile(int32) -> int32", "The number of the row's bucket, of so many."},
    FunctionSpec{F::lag, "lag", kWindow, "lag(any, offset?, any?) -> any", "The value so many rows before, one if not given."},
    FunctionSpec{F::lead, "lead", kWindow, "lead(any, offset?, any?) -> any", "The value so many rows after, one if not given."},
    FunctionSpec{F::first_value, "first_value", kWindow, "first_value(any) -> any", "The value of the frame's first row."},
    FunctionSpec{F::last_value, "last_value", kWindow, "last_value(any) -> any", "The value of the frame's last row."},
    FunctionSpec{F::nth_value, "nth_value", kWindow, "nth_value(any, offset) -> any", "The value of the frame's n-th row."},
    // json and conversion
    FunctionSpec{F::json_text_at, "json_extract_path_text", kScalar, "json_extract_path_text(json, text...) -> text",
                 "The text, number or truth at a path, as text; NULL if there is none, or a list or a mapping."},
    FunctionSpec{F::to_char_date, "to_char", kScalar, "to_char(timestamp, text) -> text; to_char(timestamptz, text) -> text",
                 "A date or timestamp by a format of YYYY, MM, DD, HH24, MI, SS and the like."},
};

static_assert(kFunctions.size() == static_cast<std::size_t>(Function::end_of_list));

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kFunctions.size(); ++i) {
    if (static_cast<std::size_t>(kFunctions[i].function) != i) return false;
  }
  return true;
}
static_assert(is_in_order(), "the table follows the enumeration");

}  // namespace

const FunctionSpec& spec(Function function) {
  const auto index = static_cast<std::size_t>(function);
  if (index >= kFunctions.size()) broken("ir::spec: no function " + std::to_string(index));
  return kFunctions[index];
}

std::span<const FunctionSpec> function_table() { return kFunctions; }

}  // namespace penstock::ir
