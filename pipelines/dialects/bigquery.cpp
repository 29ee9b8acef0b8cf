#include <array>
#include <cmath>

#include "pipelines/dialects/calls.h"
#include "pipelines/dialects/target.h"

// Said by Google's own resolver to be legal; not run. Whole numbers have 64 bits: where PostgreSQL's narrower ones overflow, these do not.

namespace penstock::dialects {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

constexpr int kNumericScale = 9;

bool fits_numeric(const ir::Type& type) { return type.scale <= kNumericScale && type.precision - type.scale <= 29; }

// NUMERIC holds nine fraction digits, and would round without a word: what needs more is computed in BIGNUMERIC. More than 29 whole digits
// fail.
void write_arithmetic(Writer& writer, const CallSite& site, std::string_view symbol, Level left, Level right) {
  if (site.type.kind == K::decimal && site.type.scale > kNumericScale) {
    writer.text("cast(").argument(site, 0).text(" as bignumeric)");
  } else {
    writer.argument(site, 0, left);
  }
  writer.text(symbol).argument(site, 1, right);
}

void write_add(Writer& writer, const CallSite& site) { write_arithmetic(writer, site, " + ", Level::sum, Level::product); }
void write_subtract(Writer& writer, const CallSite& site) { write_arithmetic(writer, site, " - ", Level::sum, Level::product); }
void write_multiply(Writer& writer, const CallSite& site) { write_arithmetic(writer, site, " * ", Level::product, Level::sign); }

void write_decimal_division(Writer& writer, const CallSite& site) {
  writer.text("round(cast(").argument(site, 0).text(" as bignumeric) / ").argument(site, 1, Level::sign);
  writer.text(", ").number(site.type.scale).text(")");
}

void write_split_part(Writer& writer, const CallSite& site) {
  const auto position = split_position(writer, site);
  if (may_be_empty(site.argument(1))) {
    writer.refuse("split_part takes a constant separator that is not empty", "write the separator out, such as ','");
  }
  const bool nullable = site.argument(0).nullable;
  if (nullable) writer.text("case when ").argument(site, 0, Level::concatenation).text(" is not null then ");
  const bool from_end = position && *position < 0;
  writer.text("coalesce(").text(from_end ? "array_reverse(split(" : "split(").argument(site, 0).text(", ").argument(site, 1);
  writer.text(from_end ? "))" : ")").text("[safe_offset(");
  writer.number(position ? (from_end ? -*position : *position) - 1 : 0).text(")], '')").text(nullable ? " end" : "");
}

void write_concat_ws(Writer& writer, const CallSite& site) {
  writer.text("array_to_string([");
  for (std::size_t i = 1; i < site.arguments.size(); ++i) {
    if (i > 1) writer.text(", ");
    writer.argument(site, i);
  }
  writer.text("], ").argument(site, 0).text(")");
}

void write_repeat(Writer& writer, const CallSite& site) {
  const auto count = Writer::integer_of(site.argument(1));
  writer.text("repeat(").argument(site, 0).text(", ");
  if (count) {
    writer.number(*count < 0 ? 0 : *count).text(")");
  } else {
    writer.text("case when ").argument(site, 1, Level::concatenation).text(" < 0 then 0 else ").argument(site, 1).text(" end)");
  }
}

std::string_view trunc_function(const ir::Type& type) {
  return type.kind == K::timestamptz ? "timestamp_trunc(" : type.kind == K::date ? "date_trunc(" : "datetime_trunc(";
}

void write_date_trunc(Writer& writer, const CallSite& site) {
  const std::string_view unit = trunc_unit(writer, site);
  writer.text(trunc_function(site.argument(1).type)).argument(site, 1).text(", ").text(unit == "week" ? "isoweek" : unit).text(")");
}

void write_week_day(Writer& writer, const CallSite& site) { writer.text("extract(dayofweek from ").argument(site, 0).text(") - 1"); }

void write_iso_week_day(Writer& writer, const CallSite& site) {
  writer.text("mod(extract(dayofweek from ").argument(site, 0).text(") + 5, 7) + 1");
}

void write_seconds_of_minute(Writer& writer, const CallSite& site) {
  writer.text("cast(extract(second from ").argument(site, 0).text(") as numeric) + cast(extract(microsecond from ");
  writer.argument(site, 0).text(") as numeric) / 1000000");
}

// The seconds between two moments: BigQuery counts microseconds.
void write_difference(Writer& writer, const CallSite& site) {
  const bool zoned = site.argument(0).type.kind == K::timestamptz;
  writer.text("cast(").text(zoned ? "timestamp_diff(" : "datetime_diff(").argument(site, 0).text(", ").argument(site, 1);
  writer.text(", microsecond) as numeric) / 1000000");
}

void write_epoch(Writer& writer, const CallSite& site) {
  const bool zoned = site.argument(0).type.kind == K::timestamptz;
  writer.text("cast(").text(zoned ? "timestamp_diff(" : "datetime_diff(").argument(site, 0);
  writer.text(zoned ? ", timestamp '1970-01-01 00:00:00+00'" : ", datetime '1970-01-01 00:00:00'")
      .text(", microsecond) as numeric) / 1000000");
}

void write_add_interval(Writer& writer, const CallSite& site) {
  const auto added = added_interval(writer, site);
  if (!added) return;
  const ir::IntervalValue& interval = added->interval;
  const auto unit = [&](std::int64_t part, std::string_view name) {
    if (part == 0) return;
    writer.text(", interval ");
    write_amount(writer, site, part, *added);
    writer.text(" ").text(name).text(")");
  };
  const bool zoned = site.argument(0).type.kind == K::timestamptz;
  if (zoned && interval.months != 0) {
    // Months are those of the calendar in UTC, and TIMESTAMP has no calendar.
    writer.text("timestamp(datetime_add(datetime(").argument(site, 0).text(", 'UTC')");
    unit(interval.months, "month");
    writer.text(", 'UTC')");
    if (interval.days != 0 || interval.microseconds != 0) {
      writer.refuse("months and smaller units cannot be added to a timestamptz at once", "add the months first, then the rest");
    }
    return;
  }
  const std::string_view name = zoned ? "timestamp_add(" : "datetime_add(";
  if (interval.microseconds != 0) writer.text(name);
  if (interval.days != 0) writer.text(name);
  if (interval.months != 0) writer.text(name);
  writer.argument(site, 0);
  unit(interval.months, "month");
  unit(interval.days, "day");
  unit(interval.microseconds, "microsecond");
}

void write_at_time_zone(Writer& writer, const CallSite& site) {
  writer.text(site.argument(0).type.kind == K::timestamptz ? "datetime(" : "timestamp(")
      .argument(site, 0)
      .text(", ")
      .argument(site, 1)
      .text(")");
}

// Sums of 64 bits overflow where PostgreSQL's do not.
void write_wide_sum(Writer& writer, const CallSite& site) {
  const bool widen = site.type.kind == K::decimal && site.argument(0).type.kind == K::int64;
  writer.application("sum", site, [&] {
    if (widen) writer.text("cast(");
    writer.argument(site, 0);
    if (widen) writer.text(" as numeric)");
  });
}

void write_average(Writer& writer, const CallSite& site) {
  const bool exact = site.type.kind == K::decimal;
  writer.text(exact ? "round(cast(" : "cast(");
  write_wide_sum(writer, site);
  writer.text(exact ? " as bignumeric) / " : " as float64) / ");
  const std::array<std::uint8_t, 1> first{0};
  writer.application("count", site, first);
  if (exact) writer.text(", ").number(site.type.scale).text(")");
}

void write_array_agg(Writer& writer, const CallSite& site) {
  if (site.argument(0).nullable) {
    writer.refuse("an array cannot hold NULL", "filter the NULLs out: array_agg(x) filter (where x is not null)");
  }
  const std::array<std::uint8_t, 1> first{0};
  writer.application("array_agg", site, first);
}

void write_json_text(Writer& writer, const CallSite& site) {
  std::string path = "$";
  for (std::size_t i = 1; i < site.arguments.size(); ++i) {
    const std::string* part = Writer::text_of(site.argument(i));
    if (part == nullptr || part->find_first_of("\"\\'") != std::string::npos) {
      writer.refuse("the path into JSON must be constant, without quotes", "write its parts as texts");
      return;
    }
    const bool index = !part->empty() && part->find_first_not_of("0123456789") == std::string::npos;
    path += index ? "[" + *part + "]" : ".\"" + *part + "\"";
  }
  writer.text("json_value(").argument(site, 0).text(", ").string(path).text(")");
}

void write_format(Writer& writer, const CallSite& site) {
  std::string format;
  const auto token = [&](std::string_view name) {
    if (name == "US") {
      // %E6S is seconds and microseconds together.
      if (format.ends_with("%S.")) {
        format.replace(format.size() - 3, 3, "%E6S");
      } else {
        writer.refuse("microseconds can only follow the seconds in a format", "write SS.US");
      }
      return;
    }
    format += name == "YYYY" ? "%Y" : name == "MM" ? "%m" : name == "DD" ? "%d" : name == "HH24" ? "%H" : name == "MI" ? "%M" : "%S";
  };
  if (!read_format(writer, site, token, [&](char sign) { format += sign; })) return;
  writer.text(site.argument(0).type.kind == K::timestamptz ? "format_timestamp(" : "format_datetime(").string(format);
  writer.text(", ").argument(site, 0).text(")");
}

constexpr std::string_view kOnlyOverWindows = "BigQuery computes exact percentiles only over windows";
constexpr std::string_view kRankInstead = "rank the rows with row_number and take the one in the middle";

constexpr std::array kRows{
    run(F::add, write_add, Level::sum),
    run(F::subtract, write_subtract, Level::sum),
    run(F::multiply, write_multiply, Level::product),
    say(F::divide_integers, "div({0}, {1})"),
    run(F::divide_decimals, write_decimal_division),
    say(F::modulo, "mod({0}, {1})"),
    run(F::greatest, write_greatest_over_nulls),
    run(F::least, write_greatest_over_nulls),
    run(F::concat, write_concat_by_operator, Level::concatenation),
    run(F::concat_ws, write_concat_ws),
    say(F::octet_length, "byte_length({0})"),
    say(F::trim, "trim({0}, {1})"),
    run(F::substring, write_clamped_substring),
    run(F::left, write_left),
    run(F::right, write_right),
    run(F::left_pad, write_pad),
    run(F::right_pad, write_pad),
    run(F::repeat, write_repeat),
    run(F::split_part, write_split_part),
    say(F::md5, "to_hex(md5({0}))"),
    refuse(F::initcap, "BigQuery's initcap takes other characters for the ends of words",
           "write upper(left(x, 1)) || lower(substring(x, 2))"),
    say(F::ascii, "unicode({0})"),
    say(F::make_date, "date({0}, {1}, {2})"),
    run(F::date_trunc, write_date_trunc),
    say(F::extract_year, "extract(year from {0})"),
    say(F::extract_quarter, "extract(quarter from {0})"),
    say(F::extract_month, "extract(month from {0})"),
    say(F::extract_week, "extract(isoweek from {0})"),
    say(F::extract_day, "extract(day from {0})"),
    run(F::extract_day_of_week, write_week_day, Level::sum),
    run(F::extract_iso_day_of_week, write_iso_week_day, Level::sum),
    say(F::extract_day_of_year, "extract(dayofyear from {0})"),
    say(F::extract_hour, "extract(hour from {0})"),
    say(F::extract_minute, "extract(minute from {0})"),
    run(F::extract_second, write_seconds_of_minute, Level::sum),
    run(F::extract_epoch, write_epoch, Level::product),
    say(F::extract_iso_year, "extract(isoyear from {0})"),
    say(F::add_days, "date_add({0}, interval {1:primary} day)"),
    run(F::add_interval, write_add_interval),
    say(F::days_between, "date_diff({0}, {1}, day)"),
    run(F::timestamp_difference_seconds, write_difference, Level::product),
    run(F::at_time_zone, write_at_time_zone),
    run(F::sum, write_wide_sum),
    run(F::average, write_average, Level::product),
    say(F::bool_and, "{@logical_and 0}"),
    say(F::bool_or, "{@logical_or 0}"),
    run(F::array_agg, write_array_agg),
    run(F::string_agg, write_string_agg_by_constant),
    refuse(F::percentile_cont, kOnlyOverWindows, kRankInstead),
    refuse(F::median, kOnlyOverWindows, kRankInstead),
    run(F::lag, write_by_constant_offset),
    run(F::lead, write_by_constant_offset),
    run(F::nth_value, write_by_constant_offset),
    say(F::approx_count_distinct, "{@approx_count_distinct 0}"),
    run(F::json_text_at, write_json_text),
    run(F::to_char_date, write_format),
};

const std::array kTypes{
    TypeWord{"int64", {K::int64, 0, 0, 0, nullptr}},           TypeWord{"float64", {K::float64, 0, 0, 0, nullptr}},
    TypeWord{"bool", {K::boolean, 0, 0, 0, nullptr}},          TypeWord{"string", {K::text, 0, 0, 0, nullptr}, true},
    TypeWord{"bytes", {K::bytes, 0, 0, 0, nullptr}},           TypeWord{"datetime", {K::timestamp, 0, 0, 0, nullptr}},
    TypeWord{"timestamp", {K::timestamptz, 0, 0, 0, nullptr}}, TypeWord{"numeric", {K::decimal, 38, 9, 0, nullptr}, true},
    TypeWord{"bignumeric", {K::unknown, 0, 0, 0, nullptr}},
};

Facts describe() {
  Facts facts;
  facts.name = "bigquery";
  facts.lexicon.quotes = "'\"`";
  facts.lexicon.backslashes = true;
  facts.lexicon.escape_strings = false;
  facts.lexicon.dollar_quotes = false;
  facts.lexicon.triple_quotes = true;
  facts.lexicon.hash_comments = true;
  facts.lexicon.nested_comments = false;
  facts.quote_open = '`';
  facts.quote_close = '`';
  facts.names_by_backslash = true;
  facts.nulls_are_least = true;
  facts.nulls_clause_in_windows = false;
  facts.filter_clause = false;
  facts.window_filter_clause = false;
  facts.ignore_nulls_inside = true;
  facts.rows = Facts::Rows::structs;
  facts.set_distinct_keyword = true;
  facts.set_all = false;
  facts.where_needs_from = true;
  facts.endless_limit = "9223372036854775807";
  facts.full_join_any = false;
  facts.aliases_hide_tables = true;
  facts.group_by_computed = false;
  facts.window_any_order = "null";
  facts.failure = "error(";
  facts.like = {false, false, '\\', "", false};
  facts.rounding = {"ceil(", "trunc(", RoundingForm::Floats::away_from_zero, false};
  facts.regex = {RegexFlavour::re2, "regexp_contains(", "regexp_extract(", false, false};
  facts.alter_type = "set data type";
  return facts;
}

// Transactions over several statements need a session; one atomic statement needs none.
Capabilities abilities() {
  Capabilities can;
  can.create_or_replace_table = true;
  can.create_or_replace_view = true;
  can.merge = true;
  can.merge_by_source = true;
  can.replace = Replace::create_or_replace;
  can.settlement = Settlement::job;
  can.longest_identifier_bytes = 300;
  // docs.cloud.google.com, "CREATE TABLE statement": partition_expression, clustering_column_list.
  using By = ir::PartitionBy;
  can.layout.partition = {By::value, By::year, By::month, By::day, By::hour, By::range};
  can.layout.most_partition_keys = 1;
  can.layout.partition_values = {K::date};
  can.layout.partition_needs_type = true;
  can.layout.no_partition = "BigQuery divides no table by a hash";
  can.layout.cluster = {By::value};
  can.layout.most_cluster_keys = 4;
  can.layout.not_clustered = {K::float32, K::float64, K::bytes, K::time, K::json, K::array};
  can.layout.rebuilds = true;
  can.layout.no_sort = "BigQuery orders rows by what clusters them";
  can.layout.no_distribution = "no node owns rows";
  can.layout.properties = LayoutFacts::Properties::plain;
  can.longest_statement_bytes = 1024U * 1024U;
  return can;
}

class BigQuery final : public Target {
 public:
  BigQuery() : Target(describe(), abilities(), RuleTable(postgres_rules(), kRows)) {}

  ir::Type read_type(std::string_view catalogue_type) const override { return read_type_name(catalogue_type, kTypes); }

  void string_literal(std::string& out, std::string_view text) const override {
    out += '\'';
    for (const char c : text) {
      if (c == '\'' || c == '\\') out += '\\';
      if (c == '\n') {
        out += "\\n";
      } else if (c == '\r') {
        out += "\\r";
      } else {
        out += c;
      }
    }
    out += '\'';
  }

  std::string type_name(const ir::Type& type) const override {
    switch (type.kind) {
      case K::boolean:
        return "bool";
      case K::int16:
      case K::int32:
      case K::int64:
        return "int64";
      case K::decimal:
        return fits_numeric(type) ? "numeric" : "bignumeric";
      case K::float32:
      case K::float64:
        return "float64";
      case K::text:
      case K::varchar:
      case K::null:
      case K::uuid:
        return "string";
      case K::bytes:
        return "bytes";
      case K::timestamp:
        return "datetime";
      case K::timestamptz:
        return "timestamp";
      case K::json:
        return "json";
      case K::interval:
        return {};
      case K::array: {
        const std::string element = type.element ? type_name(*type.element) : std::string();
        return element.empty() ? element : "array<" + element + ">";
      }
      default:
        return Target::type_name(type);
    }
  }

  bool is_natural_integer(std::int64_t value, const ir::Type& /*type*/) const override { return value != INT64_MIN; }

  void literal(Writer& writer, const ir::Value& value, const ir::Type& type, bool exact) const override {
    if (const auto* decimal = std::get_if<ir::DecimalText>(&value)) {
      // A bare 1.5 is a FLOAT64.
      writer.text(fits_numeric(type) ? "numeric " : "bignumeric ").string(decimal->digits);
    } else if (const auto* moment = std::get_if<ir::TimestampValue>(&value)) {
      const bool zoned = type.kind == K::timestamptz;
      writer.text(zoned ? "timestamp " : "datetime ").string(ir::to_string(*moment) + (zoned ? "+00" : ""));
    } else if (std::holds_alternative<ir::IntervalValue>(value)) {
      writer.refuse("an interval can only be added to a date or a timestamp", "write x + interval '1 day'");
    } else if (const auto* text = std::get_if<std::string>(&value); text != nullptr && type.kind == K::json) {
      writer.text("parse_json(").string(*text).text(")");
    } else if (text != nullptr && type.kind == K::uuid) {
      writer.string(*text);
    } else {
      Target::literal(writer, value, type, exact);
    }
  }

  void float_literal(Writer& writer, double value, const ir::Type& type, bool exact) const override {
    if (!std::isfinite(value)) return Target::float_literal(writer, value, type, exact);
    const std::string digits = float_text(value);
    writer.text(digits).text(digits.find_first_of("e.") == std::string::npos ? ".0" : "");
  }

  void cast(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env) const override {
    const ir::Type& from = operand.type;
    const auto print = [&](Level least = Level::any) -> Writer& {
      return writer.expression(operand, env, least, Writer::Form::value, false);
    };
    if (from.is_float() && to.is_integer()) {
      writer.text("cast(");
      write_half_even(writer, [&] { print(Level::product); });
      writer.text(" as ").type(to).text(")");
    } else if (from.is_float() && to.kind == K::decimal) {
      // PostgreSQL takes the 15 digits that a double surely holds.
      writer.text("round(cast(format('%.15g', ");
      print().text(") as ").type(to).text("), ").number(to.scale).text(")");
    } else if (to.kind == K::decimal && !(from.kind == K::decimal && from.scale <= to.scale) && !from.is_integer()) {
      writer.text("round(cast(");
      print().text(" as ").type(to).text("), ").number(to.scale).text(")");
    } else if (from.is_text() && to.kind == K::varchar) {
      writer.text("substr(");
      print().text(", 1, ").number(to.length).text(")");
    } else if (from.is_text() && to.kind == K::boolean) {
      write_boolean_of_text(writer, operand, env);
    } else if (from.is_text() && to.kind == K::json) {
      writer.text("parse_json(");
      print().text(")");
    } else if (from.kind == K::json && to.is_text()) {
      writer.text("to_json_string(");
      print().text(")");
    } else if (from.kind == K::decimal && to.is_text()) {
      // A cast drops the zeros at the end.
      writer.text("format('%.").number(from.scale).text("f', ");
      print().text(")");
    } else if (from.kind == K::timestamp && to.is_text()) {
      writer.text("format_datetime('%F %H:%M:%E*S', ");
      print().text(")");
    } else if (from.kind == K::timestamptz && to.is_text()) {
      writer.refuse("the text of a timestamptz names a time zone", "write cast(x at time zone 'UTC' as text)");
    } else if (is_same_here(from, to)) {
      writer.expression(operand, env, Level::primary);
    } else {
      Target::cast(writer, operand, to, env);
    }
  }

  void table_clauses(Writer& writer, const ir::TableLayout& layout, const ir::Columns& columns, bool /*kept*/) const override {
    if (!layout.partition.empty()) {
      writer.text("\npartition by ");
      partition_expression(writer, layout.partition.front(), columns);
    }
    for (const ir::LayoutKey& key : layout.cluster) {
      writer.text(&key == layout.cluster.data() ? "\ncluster by " : ", ").identifier(key.column.text());
    }
    for (const ir::TableProperty& property : layout.properties) {
      writer.text(&property == layout.properties.data() ? "\noptions (" : ", ").text(property.name).text(" = ");
      property_value(writer, property);
    }
    writer.text(layout.properties.empty() ? "" : ")");
  }

 private:
  static void partition_expression(Writer& writer, const ir::LayoutKey& key, const ir::Columns& columns) {
    const auto place = ir::find_column(columns, key.column);
    const K kind = place ? columns[static_cast<std::size_t>(*place)].type.kind : K::unknown;
    const bool is_day = kind == K::date && (key.by == ir::PartitionBy::day || key.by == ir::PartitionBy::value);
    if (is_day) {
      writer.identifier(key.column.text());
    } else if (key.by == ir::PartitionBy::range) {
      writer.text("range_bucket(").identifier(key.column.text()).text(", generate_array(").number(key.first).text(", ");
      writer.number(key.last).text(", ").number(key.step).text("))");
    } else {
      writer.text(kind == K::date ? "date_trunc(" : kind == K::timestamp ? "datetime_trunc(" : "timestamp_trunc(");
      writer.identifier(key.column.text()).text(", ").text(ir::word_of(key.by)).text(")");
    }
  }

  // All whole numbers are one type.
  bool is_same_here(const ir::Type& from, const ir::Type& to) const {
    return (from.is_integer() && to.is_integer()) || (from.is_text() && to.is_text()) || (from.is_float() && to.is_float());
  }
};

}  // namespace

const Dialect& bigquery_dialect() {
  static const BigQuery kDialect;
  return kDialect;
}

}  // namespace penstock::dialects
