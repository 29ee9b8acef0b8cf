#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "pipelines/dialects/calls.h"
#include "pipelines/dialects/target.h"

// Seen on Trino 476 with Iceberg, 2026-11-21.

namespace penstock::dialects {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

void write_float_division(Writer& writer, const CallSite& site) {
  writer.argument(site, 0, Level::product).text(" / ");
  write_divisor(writer, site, 1, Level::sign);
}

// The quotient has the larger scale of the two, rounded half away from zero: so the dividend is given the result's.
void write_decimal_division(Writer& writer, const CallSite& site) {
  const bool fits = site.argument(0).type.kind == K::decimal && site.argument(0).type.scale == site.type.scale;
  if (fits) {
    writer.argument(site, 0, Level::product);
  } else {
    writer.text("cast(").argument(site, 0).text(" as ").type(site.type).text(")");
  }
  writer.text(" / ").argument(site, 1, Level::sign);
}

void write_split_part(Writer& writer, const CallSite& site) {
  const auto position = split_position(writer, site);
  if (may_be_empty(site.argument(1))) {
    writer.refuse("split_part takes a constant separator that is not empty", "write the separator out, such as ','");
  }
  const bool nullable = site.argument(0).nullable;
  if (nullable) writer.text("case when ").argument(site, 0, Level::concatenation).text(" is not null then ");
  if (position && *position < 0) {
    writer.text("coalesce(element_at(split(").argument(site, 0).text(", ").argument(site, 1).text("), ").argument(site, 2).text("), '')");
  } else {
    writer.text("coalesce(split_part(").argument(site, 0).text(", ").argument(site, 1).text(", ").argument(site, 2).text("), '')");
  }
  if (nullable) writer.text(" end");
}

void write_repeat(Writer& writer, const CallSite& site) {
  const auto count = Writer::integer_of(site.argument(1));
  const bool nullable = site.argument(0).nullable;
  if (nullable) writer.text("case when ").argument(site, 0, Level::concatenation).text(" is not null then ");
  writer.text("array_join(repeat(").argument(site, 0).text(", ");
  if (count) {
    writer.number(*count < 0 ? 0 : *count);
  } else {
    writer.text("case when ").argument(site, 1, Level::concatenation).text(" < 0 then 0 else ").argument(site, 1).text(" end");
  }
  writer.text("), '')").text(nullable ? " end" : "");
}

void write_make_date(Writer& writer, const CallSite& site) {
  bool first = true;
  for (std::size_t i = 0; i < 3; ++i) {
    if (!site.argument(i).nullable) continue;
    writer.text(first ? "case when " : " and ").argument(site, i, Level::concatenation).text(" is not null");
    first = false;
  }
  if (!first) writer.text(" then ");
  writer.text("cast(format('%04d-%02d-%02d', ")
      .argument(site, 0)
      .text(", ")
      .argument(site, 1)
      .text(", ")
      .argument(site, 2)
      .text(") as date)");
  if (!first) writer.text(" end");
}

void write_date_trunc(Writer& writer, const CallSite& site) {
  writer.text("date_trunc(").string(trunc_unit(writer, site)).text(", ").argument(site, 1).text(")");
}

// The wall clock in UTC as a timestamp(6).
void write_clock(Writer& writer, const CallSite& site, std::size_t index) {
  if (site.argument(index).type.kind != K::timestamptz) {
    writer.argument(site, index);
    return;
  }
  writer.text("cast(at_timezone(").argument(site, index).text(", 'UTC') as timestamp(6))");
}

// Functions see milliseconds; the text has them all.
void write_seconds_of_minute(Writer& writer, const CallSite& site, std::size_t index) {
  writer.text("cast(substr(cast(");
  if (site.argument(index).type.kind == K::time) {
    writer.text("cast(").argument(site, index).text(" as time(6)) as varchar), 7) as decimal(8, 6))");
    return;
  }
  write_clock(writer, site, index);
  writer.text(" as varchar), 18) as decimal(8, 6))");
}

void write_second(Writer& writer, const CallSite& site) { write_seconds_of_minute(writer, site, 0); }

void write_epoch(Writer& writer, const CallSite& site) {
  writer.text("cast(date_diff('second', timestamp '1970-01-01 00:00:00.000000', date_trunc('minute', ");
  write_clock(writer, site, 0);
  writer.text(")) + ");
  write_seconds_of_minute(writer, site, 0);
  writer.text(" as ").type(site.type).text(")");
}

void write_difference(Writer& writer, const CallSite& site) {
  writer.text("cast(date_diff('second', date_trunc('minute', ");
  write_clock(writer, site, 1);
  writer.text("), date_trunc('minute', ");
  write_clock(writer, site, 0);
  writer.text(")) + ");
  write_seconds_of_minute(writer, site, 0);
  writer.text(" - ");
  write_seconds_of_minute(writer, site, 1);
  writer.text(" as ").type(site.type).text(")");
}

void write_add_interval(Writer& writer, const CallSite& site) {
  const auto added = added_interval(writer, site);
  if (!added) return;
  const ir::IntervalValue& interval = added->interval;
  if (interval.microseconds % 1000 != 0) {
    writer.refuse("an interval has no microseconds here", "use whole milliseconds");
    return;
  }
  const std::int64_t milliseconds = interval.microseconds / 1000;
  const auto open = [&](std::string_view unit, std::int64_t part) {
    writer.text("date_add('").text(unit).text("', ");
    write_amount(writer, site, part, *added);
    writer.text(", ");
  };
  if (interval.days != 0) open("day", interval.days);
  if (interval.months != 0) open("month", interval.months);
  const bool bare = interval.days == 0 && interval.months == 0;
  writer.argument(site, 0, bare && milliseconds != 0 ? Level::sum : Level::any);
  writer.text(interval.months != 0 ? ")" : "").text(interval.days != 0 ? ")" : "");
  if (milliseconds == 0) return;
  const std::int64_t size = milliseconds < 0 ? -milliseconds : milliseconds;
  writer.text(milliseconds < 0 ? " - interval '" : " + interval '").number(size / 1000);
  if (size % 1000 != 0) {
    std::string fraction = std::to_string(1000 + size % 1000).substr(1);
    writer.text(".").text(fraction);
  }
  writer.text("' second");
  if (added->times != nullptr) writer.text(" * ").expression(*added->times, site.env, Level::sign);
}

void write_at_time_zone(Writer& writer, const CallSite& site) {
  if (site.argument(0).type.kind == K::timestamptz) {
    writer.text("cast(at_timezone(").argument(site, 0).text(", ").argument(site, 1).text(") as timestamp(6))");
  } else {
    writer.text("at_timezone(with_timezone(").argument(site, 0).text(", ").argument(site, 1).text("), 'UTC')");
  }
}

void write_average(Writer& writer, const CallSite& site) {
  const bool widen = site.argument(0).type.kind == K::int64;
  const ir::Type to = site.type.kind == K::decimal ? site.type : ir::Type::of(K::float64);
  writer.text("cast(");
  writer.application("sum", site, [&] {
    if (widen) writer.text("cast(");
    writer.argument(site, 0);
    if (widen) writer.text(" as decimal(38, 0))");
  });
  writer.text(" as ").type(to).text(") / ");
  const std::array<std::uint8_t, 1> first{0};
  writer.application("count", site, first);
}

void write_sum_of(Writer& writer, const CallSite& site) {
  const ir::Type& from = site.argument(0).type;
  const bool widen = from.kind == K::int64 || from.kind == K::float32;
  writer.application("sum", site, [&] {
    if (widen) writer.text("cast(");
    writer.argument(site, 0);
    if (widen) writer.text(" as ").type(site.type).text(")");
  });
}

void write_json_text(Writer& writer, const CallSite& site) {
  std::string path = "$";
  for (std::size_t i = 1; i < site.arguments.size(); ++i) {
    const std::string* part = Writer::text_of(site.argument(i));
    if (part == nullptr || part->find_first_of("\"\\") != std::string::npos) {
      writer.refuse("the path into JSON must be constant, without quotes", "write its parts as texts");
      return;
    }
    const bool index = !part->empty() && part->find_first_not_of("0123456789") == std::string::npos;
    path += index ? "[" + *part + "]" : "[\"" + *part + "\"]";
  }
  writer.text("json_extract_scalar(").argument(site, 0).text(", ").string(path).text(")");
}

// date_format rounds to milliseconds, so that the last moment of a day would be the next day.
void write_format(Writer& writer, const CallSite& site) {
  write_format_by_places(writer, site, "substr(", " || ", [&] {
    writer.text("cast(");
    if (site.argument(0).type.kind == K::timestamptz) {
      write_clock(writer, site, 0);
    } else {
      writer.text("cast(").argument(site, 0).text(" as timestamp(6))");
    }
    writer.text(" as varchar)");
  });
}

constexpr std::string_view kNoPercentile = "Trino computes percentiles only approximately";
constexpr std::string_view kRankInstead = "rank the rows with row_number and take the one in the middle";

constexpr std::array kRows{
    say(F::is_true, "coalesce({0}, false)"),
    say(F::is_not_true, "not coalesce({0}, false)", Level::negation),
    say(F::is_false, "not coalesce({0}, true)", Level::negation),
    say(F::is_not_false, "coalesce({0}, true)"),
    run(F::multiply, write_product, Level::product),
    run(F::divide_decimals, write_decimal_division, Level::product),
    run(F::divide_floats, write_float_division, Level::product),
    run(F::power, write_guarded_power),
    say(F::square_root, "sqrt(case when {0:concat} < 0 then fail('cannot take square root of a negative number') else {0} end)"),
    say(F::natural_logarithm, "ln(case when {0:concat} <= 0 then fail('cannot take logarithm of zero or less') else {0} end)"),
    say(F::logarithm10, "log10(case when {0:concat} <= 0 then fail('cannot take logarithm of zero or less') else {0} end)"),
    run(F::greatest, write_greatest_over_nulls),
    run(F::least, write_greatest_over_nulls),
    run(F::concat, write_concat_by_operator, Level::concatenation),
    say(F::length, "cast(length({0}) as {type})"),
    say(F::octet_length, "cast(length(to_utf8({0})) as {type})"),
    say(F::trim, "trim({0}, {1})"),
    run(F::substring, write_clamped_substring),
    run(F::left, write_left),
    run(F::right, write_right),
    run(F::left_pad, write_pad),
    run(F::right_pad, write_pad),
    run(F::repeat, write_repeat),
    run(F::replace, write_guarded_replace),
    say(F::position, "cast(strpos({0}, {1}) as {type})"),
    run(F::split_part, write_split_part),
    say(F::md5, "lower(to_hex(md5(to_utf8({0}))))"),
    refuse(F::initcap, "Trino has no initcap", "write upper(left(x, 1)) || lower(substring(x, 2)) for one word"),
    say(F::ascii, "case when {0:concat} = '' then 0 else codepoint(cast(substr({0}, 1, 1) as varchar(1))) end"),
    run(F::make_date, write_make_date),
    run(F::date_trunc, write_date_trunc),
    say(F::extract_day_of_week, "cast(day_of_week({0}) % 7 as {type})"),
    say(F::extract_iso_day_of_week, "cast(day_of_week({0}) as {type})"),
    run(F::extract_second, write_second),
    run(F::extract_epoch, write_epoch),
    say(F::extract_iso_year, "cast(year_of_week({0}) as {type})"),
    say(F::add_days, "date_add('day', {1}, {0})"),
    run(F::add_interval, write_add_interval, Level::sum),
    say(F::days_between, "cast(date_diff('day', {1}, {0}) as {type})"),
    run(F::timestamp_difference_seconds, write_difference),
    run(F::at_time_zone, write_at_time_zone),
    run(F::sum, write_sum_of),
    run(F::average, write_average, Level::product),
    run(F::coalesce, write_coalesce_of_several),
    run(F::string_agg, write_listagg),
    refuse(F::percentile_cont, kNoPercentile, kRankInstead),
    refuse(F::median, kNoPercentile, kRankInstead),
    run(F::lag, write_by_constant_offset),
    run(F::lead, write_by_constant_offset),
    run(F::nth_value, write_by_constant_offset),
    say(F::approx_count_distinct, "{@approx_distinct 0}"),
    say(F::ntile, "cast({@ntile ...} as {type})"),
    run(F::json_text_at, write_json_text),
    run(F::to_char_date, write_format, Level::concatenation),
};

const std::array kTypes{
    TypeWord{"varchar", {K::text, 0, 0, 0, nullptr}, true},
    TypeWord{"char", {K::text, 0, 0, 0, nullptr}, true},
    TypeWord{"tinyint", {K::int16, 0, 0, 0, nullptr}},
    TypeWord{"double", {K::float64, 0, 0, 0, nullptr}},
    TypeWord{"varbinary", {K::bytes, 0, 0, 0, nullptr}},
    TypeWord{"timestamp", {K::timestamp, 0, 0, 0, nullptr}},
    TypeWord{"timestamp with time zone", {K::timestamptz, 0, 0, 0, nullptr}},
    TypeWord{"time", {K::time, 0, 0, 0, nullptr}},
};

Facts describe() {
  Facts facts;
  facts.name = "trino";
  facts.lexicon.escape_strings = false;
  facts.lexicon.nested_comments = false;
  facts.window_filter_clause = false;
  facts.filters_late = true;
  facts.limit = Facts::Limit::offset_limit;
  facts.delete_alias = false;
  facts.failure = "fail(";
  facts.aliases_hide_tables = true;
  facts.like = {false, true, '!', "", false};
  facts.rounding = {"ceiling(", "truncate(", RoundingForm::Floats::away_from_zero, true};
  facts.regex = {RegexFlavour::java, "regexp_like(", "regexp_extract(", false, false};
  facts.alter_type = "set data type";
  facts.typed_outputs = true;
  return facts;
}

// Iceberg tables. query.max-length is 1,000,000 characters unless the server was told otherwise.
Capabilities abilities() {
  Capabilities can;
  can.create_or_replace_table = true;
  can.create_or_replace_view = true;
  can.merge = true;
  can.replace = Replace::create_or_replace;
  can.settlement = Settlement::snapshot;
  can.widening = Widening::within_kind;
  can.longest_identifier_bytes = 127;
  using By = ir::PartitionBy;
  can.layout.partition = {By::value, By::year, By::month, By::day, By::hour, By::bucket};
  can.layout.no_partition = "Iceberg's parts of a range of numbers have no end";
  can.layout.rebuilds = true;
  can.layout.no_cluster = "Iceberg keeps rows together by the order within its files";
  can.layout.sort = LayoutFacts::Sort::declared;
  can.layout.no_distribution = "no node owns rows (partition: bucket(n, column) cuts a table into even parts)";
  can.layout.properties = LayoutFacts::Properties::plain;
  can.longest_statement_bytes = 1000000;
  return can;
}

class Trino final : public Target {
 public:
  Trino() : Target(describe(), abilities(), RuleTable(postgres_rules(), kRows)) {}

  ir::Type read_type(std::string_view catalogue_type) const override { return read_type_name(catalogue_type, kTypes); }

  std::string type_name(const ir::Type& type) const override {
    switch (type.kind) {
      case K::decimal:
        return "decimal(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
      case K::float64:
        return "double";
      case K::text:
      case K::null:
        return "varchar";
      case K::bytes:
        return "varbinary";
      case K::time:
        return "time(6)";
      case K::timestamp:
        return "timestamp(6)";
      case K::timestamptz:
        return "timestamp(6) with time zone";
      case K::json:
        return "json";
      case K::interval:
        return {};
      case K::array: {
        const std::string element = type.element ? type_name(*type.element) : std::string();
        return element.empty() ? element : "array(" + element + ")";
      }
      default:
        return Target::type_name(type);
    }
  }

  // Iceberg has no JSON.
  bool keeps(const ir::Type& type) const override {
    return type.kind == K::array && type.element != nullptr ? keeps(*type.element) : type.kind != K::json && Target::keeps(type);
  }

  void literal(Writer& writer, const ir::Value& value, const ir::Type& type, bool exact) const override {
    const auto micros = [](std::string text) {
      const auto point = text.find('.');
      if (point == std::string::npos) return text + ".000000";
      return text + std::string(6 - (text.size() - point - 1), '0');
    };
    if (const auto* moment = std::get_if<ir::TimestampValue>(&value)) {
      writer.text("timestamp ").string(micros(ir::to_string(*moment)) + (type.kind == K::timestamptz ? " UTC" : ""));
    } else if (const auto* time = std::get_if<ir::TimeValue>(&value)) {
      writer.text("time ").string(micros(ir::to_string(*time)));
    } else if (std::holds_alternative<ir::IntervalValue>(value)) {
      writer.refuse("an interval can only be added to a date or a timestamp", "write x + interval '1 day'");
    } else if (const auto* number = std::get_if<ir::DecimalText>(&value);
               number != nullptr && number->digits.find('.') == std::string::npos) {
      // Bare digits are a bigint, or nothing at all.
      writer.text("cast(").string(number->digits).text(" as ").type(type).text(")");
    } else if (const auto* text = std::get_if<std::string>(&value); text != nullptr && type.kind == K::json) {
      writer.text("json_parse(").string(*text).text(")");
    } else {
      Target::literal(writer, value, type, exact);
    }
  }

  void float_literal(Writer& writer, double value, const ir::Type& type, bool exact) const override {
    if (std::isfinite(value) && type.kind == K::float64) {
      const std::string digits = float_text(value);
      writer.text(digits).text(digits.find('e') == std::string::npos ? "e0" : "");
    } else if (std::isfinite(value)) {
      Target::float_literal(writer, value, type, exact);
    } else {
      writer.text("cast(").text(std::isnan(value) ? "nan()" : value > 0 ? "infinity()" : "-infinity()").text(" as ").type(type).text(")");
    }
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
      const bool guard = operand.nullable;
      if (guard) writer.text("case when ").expression(operand, env, Level::concatenation).text(" is not null then ");
      writer.text(from.kind == K::float32 ? "cast(format('%.6g', cast(" : "cast(format('%.15g', cast(");
      print().text(" as double)) as ").type(to).text(")").text(guard ? " end" : "");
    } else if (from.is_text() && (to.kind == K::decimal || to.is_float())) {
      writer.text("cast(trim(");
      print().text(") as ").type(to).text(")");
    } else if (from.is_text() && to.kind == K::boolean) {
      write_boolean_of_text(writer, operand, env);
    } else if (from.is_text() && to.kind == K::json) {
      writer.text("json_parse(");
      print().text(")");
    } else if (from.kind == K::json && to.is_text()) {
      writer.text("json_format(");
      print().text(")");
    } else if ((from.kind == K::timestamp || from.kind == K::time) && to.is_text()) {
      writer.text("regexp_replace(cast(");
      print().text(" as varchar), '\\.?0+$', '')");
    } else if (from.kind == K::timestamp && to.kind == K::time) {
      // The cast itself is a second off before 1970.
      writer.text("cast(split_part(cast(");
      print().text(" as varchar), ' ', 2) as time(6))");
    } else if (from.kind == K::timestamptz && to.is_text()) {
      writer.refuse("the text of a timestamptz names a time zone", "write cast(x at time zone 'UTC' as text)");
    } else if (from.kind == K::timestamptz && (to.kind == K::date || to.kind == K::timestamp)) {
      writer.text("cast(at_timezone(");
      print().text(", 'UTC') as ").type(to).text(")");
    } else {
      Target::cast(writer, operand, to, env);
    }
  }

  void table_clauses(Writer& writer, const ir::TableLayout& layout, const ir::Columns& /*columns*/, bool /*kept*/) const override {
    std::string_view before = "\nwith (";
    const auto begin = [&](std::string_view name) { writer.text(std::exchange(before, ", ")).text(name).text(" = "); };
    const auto list = [&](std::string_view name, const std::vector<std::string>& texts) {
      if (texts.empty()) return;
      begin(name);
      for (const std::string& text : texts) writer.text(&text == texts.data() ? "array[" : ", ").string(text);
      writer.text("]");
    };
    std::vector<std::string> partitions;
    for (const ir::LayoutKey& key : layout.partition) partitions.push_back(partition_field(key));
    list("partitioning", partitions);
    std::vector<std::string> sorted;
    for (const Identifier& column : layout.sort) sorted.push_back(field_name(column));
    list("sorted_by", sorted);
    for (const ir::TableProperty& property : layout.properties) {
      begin(property.name);
      property_value(writer, property);
    }
    writer.text(before == ", " ? ")" : "");
  }

  void rename_table(Writer& writer, const ir::RenameTable& statement) const override {
    // A bare new name would be one of the session's schema.
    TableName to = statement.table;
    to.name = statement.to;
    writer.text("alter table ").table(statement.table).text(" rename to ").table(to);
  }

 private:
  // Iceberg's properties hold names of columns in texts of their own grammar, as Trino keeps them: in lower case.
  static std::string field_name(const Identifier& column) {
    std::string name = column.text();
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    const bool is_digit = name[0] >= '0' && name[0] <= '9';
    if (!is_digit && std::all_of(name.begin(), name.end(), is_plain)) return name;
    std::string quoted = "\"";
    for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
  }

  static std::string partition_field(const ir::LayoutKey& key) {
    const std::string name = field_name(key.column);
    if (key.by == ir::PartitionBy::value) return name;
    const std::string more = key.by == ir::PartitionBy::bucket ? ", " + std::to_string(key.buckets) : "";
    return std::string(ir::word_of(key.by)) + "(" + name + more + ")";
  }
};

}  // namespace

const Dialect& trino_dialect() {
  static const Trino kDialect;
  return kDialect;
}

}  // namespace penstock::dialects
