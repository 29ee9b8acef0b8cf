#pragma once

#include "pipelines/dialects/calls.h"

// What only Synapse prints by code. Each is a Rule::Code.

namespace penstock::dialects::synapse {

// Texts are told apart by every character but blanks at the end: equality, order and groups look at the length too. A text of 4,000
// characters is cut where it would grow, so that what grows is made unlimited first.
void write_equal(Writer& writer, const CallSite& site);
void write_not_equal(Writer& writer, const CallSite& site);
void write_order(Writer& writer, const CallSite& site);
void write_distinctness(Writer& writer, const CallSite& site);
void write_null_if(Writer& writer, const CallSite& site);
void write_concat_operator(Writer& writer, const CallSite& site);
void write_concat(Writer& writer, const CallSite& site);
void write_trim_start(Writer& writer, const CallSite& site);
void write_substring(Writer& writer, const CallSite& site);
void write_side(Writer& writer, const CallSite& site);
void write_left_pad(Writer& writer, const CallSite& site);
void write_right_pad(Writer& writer, const CallSite& site);
void write_repeat(Writer& writer, const CallSite& site);
void write_position(Writer& writer, const CallSite& site);
void write_starts_with(Writer& writer, const CallSite& site);
void write_string_agg(Writer& writer, const CallSite& site);

// There is no date_trunc and no interval, and DATEFIRST changes what a week is: days are counted from a Monday, 1900-01-01.
void write_date_trunc(Writer& writer, const CallSite& site);
void write_part(Writer& writer, const CallSite& site);
void write_day_of_week(Writer& writer, const CallSite& site);
void write_second(Writer& writer, const CallSite& site);
void write_epoch(Writer& writer, const CallSite& site);
void write_iso_year(Writer& writer, const CallSite& site);
void write_add_interval(Writer& writer, const CallSite& site);
void write_at_time_zone(Writer& writer, const CallSite& site);
void write_format(Writer& writer, const CallSite& site);

}  // namespace penstock::dialects::synapse
