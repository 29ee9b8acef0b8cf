#pragma once

#include <string_view>

#include "pipelines/dialects/writer.h"

// What several dialects print by code, because it looks at the arguments. Each is a Rule::Code.

namespace penstock::dialects {

void write_conjunction(Writer& writer, const CallSite& site);
void write_disjunction(Writer& writer, const CallSite& site);
/// AND and OR as a value, where what comes first decides whether what may fail comes at all, and the target would compute both. False, and
/// nothing written, where nothing may fail.
bool write_in_turn(Writer& writer, const CallSite& site);
/// < <= > >= between texts in the order of code points.
void write_ordered_comparison(Writer& writer, const CallSite& site);
/// LIKE, NOT LIKE, ILIKE and NOT ILIKE with the pattern written anew; ILIKE by lower() where the target has none.
void write_like(Writer& writer, const CallSite& site);
/// min, max and any_value, which is the least so that it is the same everywhere.
void write_extreme(Writer& writer, const CallSite& site);
/// greatest and least where the target skips NULLs.
void write_greatest(Writer& writer, const CallSite& site);
/// The same where one NULL makes NULL.
void write_greatest_over_nulls(Writer& writer, const CallSite& site);
/// sum with the type that the language gives it.
void write_sum(Writer& writer, const CallSite& site);
/// concat() by || and coalesce.
void write_concat_by_operator(Writer& writer, const CallSite& site);
void write_count_distinct(Writer& writer, const CallSite& site);
/// percentile_cont and median WITHIN GROUP.
void write_percentile(Writer& writer, const CallSite& site);
void write_regex(Writer& writer, const CallSite& site);

/// ceil, floor, round and trunc. A whole number without digits stays what it is.
void write_rounding(Writer& writer, const CallSite& site);
/// What `print` prints, a float, rounded to the even neighbour, where the target rounds half-way numbers away from zero.
void write_half_even(Writer& writer, const std::function<void()>& print);
/// left and right by substr and length.
void write_left(Writer& writer, const CallSite& site);
void write_right(Writer& writer, const CallSite& site);
/// replace() where an empty text would be found between all characters.
void write_guarded_replace(Writer& writer, const CallSite& site);
/// lpad and rpad with a fill, which must be a constant that is not empty.
void write_pad(Writer& writer, const CallSite& site);
/// coalesce() where it wants two arguments: one alone is what it is.
void write_coalesce_of_several(Writer& writer, const CallSite& site);
/// A function that takes any type: a constant text says that it is one.
void write_of_any(Writer& writer, const CallSite& site);
/// lag, lead and nth_value where the number of rows must be a constant.
void write_by_constant_offset(Writer& writer, const CallSite& site);
/// string_agg where what stands between the texts must be a constant.
void write_string_agg_by_constant(Writer& writer, const CallSite& site);
/// string_agg as listagg(x, ',') within group (order by ...), and with the name string_agg.
void write_listagg(Writer& writer, const CallSite& site);
void write_string_agg_within_group(Writer& writer, const CallSite& site);
/// A text read as a boolean with the words that PostgreSQL knows.
void write_boolean_of_text(Writer& writer, const ir::Expression& operand, const Env& env);
/// A product whose factors have more fraction digits than it: they are cut to fit first. Otherwise a plain one.
void write_product(Writer& writer, const CallSite& site);
/// A constant number other than zero.
bool is_nonzero_constant(const ir::Expression& expression);
/// The divisor of argument 0, which must not be zero, with the failure that PostgreSQL gives where the target gives none: not for a NULL
/// dividend. Plain where it is a constant.
void write_divisor(Writer& writer, const CallSite& site, std::size_t index, Level least);
/// `case when <divisor> = 0 then <failure> else `, closed by " end"; false where there is nothing to guard.
bool write_zero_guard(Writer& writer, const CallSite& site, std::size_t index);
/// round() and trunc() with digits from a column, where the target wants them constant: refused.
bool has_constant_digits(Writer& writer, const CallSite& site);
/// power() with PostgreSQL's failures.
void write_guarded_power(Writer& writer, const CallSite& site);
/// substr() where a start before the text or a negative length would count from the end.
void write_clamped_substring(Writer& writer, const CallSite& site);
/// split_part() of a constant, other than zero, position.
std::optional<std::int64_t> split_position(Writer& writer, const CallSite& site);
/// The target's expression that fails with a message: error('division by zero').
void write_failure(Writer& writer, std::string_view message);
/// A constant text is empty, or may be because it is no constant.
bool may_be_empty(const ir::Expression& expression);

/// The unit of a date_trunc, checked; empty after a refusal.
std::string_view trunc_unit(Writer& writer, const CallSite& site);
/// The format of a to_char, checked: only YYYY, MM, DD, HH24, MI, SS, US and signs between them; false after a refusal. Calls `token` for
/// each token and `sign` for each character between.
bool read_format(Writer& writer, const CallSite& site, const std::function<void(std::string_view)>& token,
                 const std::function<void(char)>& sign);
/// to_char by pieces of the text YYYY-MM-DD HH:MM:SS.ffffff, which `print_text` prints.
void write_format_by_places(Writer& writer, const CallSite& site, std::string_view substring, std::string_view joiner,
                            const std::function<void()>& print_text);
/// What an add_interval adds: a constant interval, once or so many times.
struct AddedInterval {
  ir::IntervalValue interval;
  const ir::Expression* times = nullptr;
};
/// Empty after a refusal.
std::optional<AddedInterval> added_interval(Writer& writer, const CallSite& site);
/// A part of the interval, `months` or `days`, as the number that is added.
void write_amount(Writer& writer, const CallSite& site, std::int64_t part, const AddedInterval& added);

}  // namespace penstock::dialects
