#pragma once

#include "pipelines/dialects/calls.h"

// What only Snowflake prints by code. Each is a Rule::Code, but for those that print a cast.

namespace penstock::dialects::snowflake {

void write_greatest(Writer& writer, const CallSite& site);
void write_product_of_scale(Writer& writer, const CallSite& site);
void write_integer_division(Writer& writer, const CallSite& site);
void write_decimal_division(Writer& writer, const CallSite& site);
void write_average(Writer& writer, const CallSite& site);
void write_bool_and(Writer& writer, const CallSite& site);
void write_bool_or(Writer& writer, const CallSite& site);

void write_regex(Writer& writer, const CallSite& site);
void write_concat_ws(Writer& writer, const CallSite& site);
void write_repeat(Writer& writer, const CallSite& site);
void write_split_part(Writer& writer, const CallSite& site);
void write_string_agg(Writer& writer, const CallSite& site);
void write_array_agg(Writer& writer, const CallSite& site);
void write_json_text(Writer& writer, const CallSite& site);

void write_make_date(Writer& writer, const CallSite& site);
void write_date_trunc(Writer& writer, const CallSite& site);
/// EXTRACT of a whole number.
void write_part(Writer& writer, const CallSite& site);
void write_second(Writer& writer, const CallSite& site);
void write_epoch(Writer& writer, const CallSite& site);
void write_difference(Writer& writer, const CallSite& site);
void write_add_interval(Writer& writer, const CallSite& site);
void write_at_time_zone(Writer& writer, const CallSite& site);
void write_format(Writer& writer, const CallSite& site);

/// The date, time or timestamp that `text` says, whatever formats and time zone the session has.
void write_moment(Writer& writer, const std::string& text, const ir::Type& type);
/// Casts from and to dates and times. False, and nothing written, where it is none of them.
bool write_cast_of_moment(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env);
/// Casts from a text. False, and nothing written, where a plain one does.
bool write_cast_of_text(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env);

}  // namespace penstock::dialects::snowflake
