#include <array>

#include "pipelines/dialects/calls.h"
#include "pipelines/dialects/target.h"

namespace penstock::dialects {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

// Of exact numbers numeric's own mean; of floats the sum over the count, as elsewhere.
void write_average(Writer& writer, const CallSite& site) {
  const std::array<std::uint8_t, 1> first{0};
  if (site.type.kind == K::decimal) return writer.application("avg", site, first);
  writer.text("cast(");
  writer.application("sum", site, first);
  writer.text(" as double precision) / ");
  writer.application("count", site, first);
}

void write_date_trunc(Writer& writer, const CallSite& site) {
  writer.text("date_trunc(").string(trunc_unit(writer, site)).text(", ").argument(site, 1);
  writer.text(")");
}

void write_format(Writer& writer, const CallSite& site) {
  std::string format;
  const bool known = read_format(
      writer, site, [&](std::string_view token) { format += token; }, [&](char sign) { format += sign; });
  if (!known) return;
  writer.text("to_char(").argument(site, 0);
  writer.text(", ").string(format).text(")");
}

void write_json_text(Writer& writer, const CallSite& site) {
  const auto extract = [&](std::string_view name) {
    writer.text(name).text("(cast(").argument(site, 0).text(" as jsonb)");
    for (std::size_t i = 1; i < site.arguments.size(); ++i) writer.text(", ").argument(site, i);
    writer.text(")");
  };
  // Engines spell lists and mappings differently: they have no text.
  writer.text("case when jsonb_typeof(");
  extract("jsonb_extract_path");
  writer.text(") not in ('array', 'object') then ");
  extract("jsonb_extract_path_text");
  writer.text(" end");
}

constexpr std::array kRows{
    run(F::logical_and, write_conjunction, Level::conjunction),
    run(F::logical_or, write_disjunction, Level::disjunction),
    say(F::logical_not, "not {0?}", Level::negation),
    say(F::equal, "{0:concat} = {1:concat}", Level::comparison),
    say(F::not_equal, "{0:concat} <> {1:concat}", Level::comparison),
    run(F::less, write_ordered_comparison, Level::comparison),
    run(F::less_equal, write_ordered_comparison, Level::comparison),
    run(F::greater, write_ordered_comparison, Level::comparison),
    run(F::greater_equal, write_ordered_comparison, Level::comparison),
    say(F::is_null, "{0:concat} is null", Level::comparison),
    say(F::is_not_null, "{0:concat} is not null", Level::comparison),
    say(F::is_true, "{0:concat} is true", Level::comparison),
    say(F::is_not_true, "{0:concat} is not true", Level::comparison),
    say(F::is_false, "{0:concat} is false", Level::comparison),
    say(F::is_not_false, "{0:concat} is not false", Level::comparison),
    say(F::is_distinct_from, "{0:concat} is distinct from {1:concat}", Level::comparison),
    say(F::is_not_distinct_from, "{0:concat} is not distinct from {1:concat}", Level::comparison),
    run(F::like, write_like, Level::comparison),
    run(F::not_like, write_like, Level::comparison),
    run(F::ilike, write_like, Level::comparison),
    run(F::not_ilike, write_like, Level::comparison),
    say(F::add, "{0:sum} + {1:product}", Level::sum),
    say(F::subtract, "{0:sum} - {1:product}", Level::sum),
    say(F::multiply, "{0:product} * {1:sign}", Level::product),
    say(F::divide_integers, "{0:product} / {1:sign}", Level::product),
    say(F::divide_decimals, "{0:product} / {1:sign}", Level::product),
    say(F::divide_floats, "{0:product} / {1:sign}", Level::product),
    say(F::modulo, "{0:product} % {1:sign}", Level::product),
    say(F::negate, "-{0:primary}", Level::sign),
    say(F::absolute, "abs({0})"),
    say(F::sign, "cast(sign({0}) as {type})"),
    run(F::ceiling, write_rounding),
    run(F::floor, write_rounding),
    run(F::round, write_rounding),
    run(F::truncate, write_rounding),
    say(F::power, "power({0}, {1})"),
    say(F::square_root, "sqrt({0})"),
    say(F::exponential, "exp({0})"),
    say(F::natural_logarithm, "ln({0})"),
    say(F::logarithm10, "log10({0})"),
    run(F::greatest, write_greatest),
    run(F::least, write_greatest),
    say(F::coalesce, "coalesce({...})"),
    say(F::null_if, "nullif({0}, {1})"),
    say(F::concat_operator, "{0:concat} || {1:primary}", Level::concatenation),
    say(F::concat, "concat({...})"),
    say(F::concat_ws, "concat_ws({...})"),
    say(F::length, "length({0})"),
    say(F::octet_length, "octet_length({0})"),
    say(F::lower, "lower({0})"),
    say(F::upper, "upper({0})"),
    say(F::trim, "btrim({0}, {1})"),
    say(F::left_trim, "ltrim({0}, {1})"),
    say(F::right_trim, "rtrim({0}, {1})"),
    say(F::substring, "substr({...})"),
    say(F::left, "left({0}, {1})"),
    say(F::right, "right({0}, {1})"),
    say(F::left_pad, "lpad({...})"),
    say(F::right_pad, "rpad({...})"),
    say(F::repeat, "repeat({0}, {1})"),
    say(F::replace, "replace({0}, {1}, {2})"),
    say(F::reverse, "reverse({0})"),
    say(F::position, "strpos({0}, {1})"),
    say(F::starts_with, "starts_with({0}, {1})"),
    say(F::split_part, "split_part({0}, {1}, {2})"),
    say(F::md5, "md5({0})"),
    run(F::regexp_like, write_regex, Level::comparison),
    run(F::regexp_replace, write_regex),
    run(F::regexp_substring, write_regex),
    say(F::initcap, "initcap({0})"),
    say(F::chr, "chr({0})"),
    say(F::ascii, "ascii({0})"),
    say(F::make_date, "make_date({0}, {1}, {2})"),
    run(F::date_trunc, write_date_trunc),
    say(F::extract_year, "cast(extract(year from {0}) as {type})"),
    say(F::extract_quarter, "cast(extract(quarter from {0}) as {type})"),
    say(F::extract_month, "cast(extract(month from {0}) as {type})"),
    say(F::extract_week, "cast(extract(week from {0}) as {type})"),
    say(F::extract_day, "cast(extract(day from {0}) as {type})"),
    say(F::extract_day_of_week, "cast(extract(dow from {0}) as {type})"),
    say(F::extract_iso_day_of_week, "cast(extract(isodow from {0}) as {type})"),
    say(F::extract_day_of_year, "cast(extract(doy from {0}) as {type})"),
    say(F::extract_hour, "cast(extract(hour from {0}) as {type})"),
    say(F::extract_minute, "cast(extract(minute from {0}) as {type})"),
    say(F::extract_second, "cast(extract(second from {0}) as {type})"),
    say(F::extract_epoch, "cast(extract(epoch from {0}) as {type})"),
    say(F::extract_iso_year, "cast(extract(isoyear from {0}) as {type})"),
    say(F::add_days, "{0:sum} + {1:product}", Level::sum),
    say(F::add_interval, "{0:sum} + {1:product}", Level::sum),
    say(F::days_between, "{0:sum} - {1:product}", Level::sum),
    say(F::timestamp_difference_seconds, "cast(extract(epoch from {0:sum} - {1:product}) as {type})"),
    say(F::at_time_zone, "{0:primary} at time zone {1:primary}", Level::concatenation),
    say(F::count_rows, "{@count *}"),
    say(F::count, "{@count 0}"),
    run(F::sum, write_sum),
    run(F::average, write_average, Level::product),
    run(F::minimum, write_extreme),
    run(F::maximum, write_extreme),
    say(F::bool_and, "{@bool_and 0}"),
    say(F::bool_or, "{@bool_or 0}"),
    say(F::string_agg, "{@string_agg 0 1}"),
    run(F::array_agg, write_of_any),
    run(F::any_value, write_extreme),
    say(F::stddev_sample, "{@stddev_samp 0}"),
    say(F::variance_sample, "{@var_samp 0}"),
    run(F::percentile_cont, write_percentile),
    run(F::median, write_percentile),
    run(F::approx_count_distinct, write_count_distinct),
    say(F::row_number, "{@row_number}"),
    say(F::rank, "{@rank}"),
    say(F::dense_rank, "{@dense_rank}"),
    say(F::percent_rank, "{@percent_rank}"),
    say(F::cume_dist, "{@cume_dist}"),
    say(F::ntile, "{@ntile ...}"),
    run(F::lag, write_of_any),
    run(F::lead, write_of_any),
    run(F::first_value, write_of_any),
    run(F::last_value, write_of_any),
    run(F::nth_value, write_of_any),
    run(F::json_text_at, write_json_text),
    run(F::to_char_date, write_format),
};

Facts describe() {
  Facts facts;
  facts.name = "postgres";
  facts.ignore_nulls = false;
  facts.copies_inlined = true;
  facts.full_join_any = false;
  facts.text_order = " collate \"C\"";
  facts.text_order_end = " collate \"default\"";
  facts.regex = {RegexFlavour::posix, "", "regexp_substr(", false, true};
  return facts;
}

// PostgreSQL 15. Identifiers are cut at 63 bytes without an error; a simple query may be 1 GB long.
Capabilities abilities() {
  Capabilities can;
  can.transactional_ddl = true;
  can.multi_statement_transactions = true;
  can.create_or_replace_view = true;
  can.merge = true;
  can.enforced_primary_key = true;
  can.replace = Replace::delete_insert_in_transaction;
  can.settlement = Settlement::ledger;
  can.hold = Hold::lock_table;
  can.longest_identifier_bytes = 63;
  can.layout.no_partition = "PostgreSQL makes no partitions by itself";
  can.layout.no_cluster = "PostgreSQL keeps no rows together without an index";
  can.layout.no_sort = "PostgreSQL keeps no order of rows without an index";
  can.layout.no_distribution = "one server has all rows";
  can.layout.properties = LayoutFacts::Properties::plain;
  can.layout.property_prefix = "toast";
  can.longest_statement_bytes = 256U * 1024U * 1024U;
  return can;
}

class Postgres final : public Target {
 public:
  Postgres() : Target(describe(), abilities(), postgres_rules()) {}

  void cast(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env) const override {
    // EXTRACT is a numeric already.
    if (const ir::Call* part = extract_of(operand, to)) {
      constexpr std::string_view kCast = "cast(";
      writer.text(rule(part->function).text.pieces.front().text.substr(kCast.size()));
      writer.expression(*part->arguments.front(), env).text(")");
      return;
    }
    const bool computed = operand.type.kind == K::decimal && to.is_text() && Writer::plain_slot(operand, env) == nullptr;
    if (!computed) return Target::cast(writer, operand, to, env);
    // A computed numeric shows as many digits as it happens to have; the type says how many there are.
    writer.text("cast(");
    plain_cast(writer, operand, operand.type, env);
    writer.text(" as ").type(to).text(")");
  }
};

}  // namespace

const RuleTable& postgres_rules() {
  static const RuleTable kTable(kRows);
  return kTable;
}

const Dialect& postgres_dialect() {
  static const Postgres kDialect;
  return kDialect;
}

}  // namespace penstock::dialects
