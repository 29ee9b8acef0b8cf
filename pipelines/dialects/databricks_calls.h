#pragma once

#include <functional>

#include "pipelines/dialects/calls.h"

// What Databricks alone prints by code. Each is a Rule::Code.

namespace penstock::dialects::databricks {

/// = <> < <= > >=, IS [NOT] DISTINCT FROM and nullif, of decimals at all their digits.
void write_comparison(Writer& writer, const CallSite& site);
/// + and - of decimals whose scale Spark would cut where 38 digits do not hold both.
void write_sum_of_two(Writer& writer, const CallSite& site);
void write_product_of_two(Writer& writer, const CallSite& site);
void write_integer_division(Writer& writer, const CallSite& site);
void write_decimal_division(Writer& writer, const CallSite& site);
void write_sum_over(Writer& writer, const CallSite& site);
void write_average(Writer& writer, const CallSite& site);
void write_rounded(Writer& writer, const CallSite& site);
/// lag and lead: the number of rows must be written as an int.
void write_neighbour(Writer& writer, const CallSite& site);
void write_ntile(Writer& writer, const CallSite& site);
void write_count(Writer& writer, const CallSite& site);
/// greatest and least: one argument alone is what it is.
void write_greatest_of_several(Writer& writer, const CallSite& site);

void write_chr(Writer& writer, const CallSite& site);
void write_regexp_substring(Writer& writer, const CallSite& site);
void write_json_text(Writer& writer, const CallSite& site);
void write_string_agg(Writer& writer, const CallSite& site);
void write_array_agg(Writer& writer, const CallSite& site);

void write_date_trunc(Writer& writer, const CallSite& site);
void write_hour(Writer& writer, const CallSite& site);
void write_minute(Writer& writer, const CallSite& site);
void write_second(Writer& writer, const CallSite& site);
void write_epoch(Writer& writer, const CallSite& site);
void write_difference(Writer& writer, const CallSite& site);
void write_add_interval(Writer& writer, const CallSite& site);
void write_at_time_zone(Writer& writer, const CallSite& site);
void write_format(Writer& writer, const CallSite& site);

/// The text of what `print` prints as a number: the digits that a float surely holds, as PostgreSQL takes them for a decimal.
void write_digits_of_float(Writer& writer, const ir::Type& type, const std::function<void()>& print);
/// What `print` prints, a float, cut to a whole number by `name`, which gives 64 bits.
void write_whole_float(Writer& writer, std::string_view name, const std::function<void()>& print);

}  // namespace penstock::dialects::databricks
