#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "pipelines/dialects/calls.h"
#include "pipelines/dialects/synapse_calls.h"
#include "pipelines/dialects/target.h"

// A dedicated SQL pool whose database has the collation Latin1_General_100_BIN2_UTF8: texts are told apart by every character, but blanks
// at the end do not count, so equality and groups look at the length too. Said by Microsoft's own parser to be legal; not run.

namespace penstock::dialects {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

// A whole constant may be taken for any int.
ir::Type decimal_of(const ir::Type& type) {
  if (type.kind == K::decimal) return type;
  return ir::Type::decimal(type.kind == K::int16 ? 5 : type.kind == K::int32 ? 10 : 19, 0);
}

constexpr int kDigits = 38;

int whole_of(const ir::Type& type) { return type.precision - type.scale; }

void write_as(Writer& writer, const CallSite& site, std::size_t index, const ir::Type& type, Level least) {
  if (decimal_of(site.argument(index).type) == type) {
    writer.argument(site, index, least);
    return;
  }
  writer.text("cast(").argument(site, index).text(" as ").type(type).text(")");
}

// Where a result's digits are more than 38, fraction digits are lost without a word. So the operands are given fewer whole digits, and one
// that is too large for them fails.
void write_multiply(Writer& writer, const CallSite& site) {
  if (site.type.kind != K::decimal) {
    writer.argument(site, 0, Level::product).text(" * ").argument(site, 1, Level::sign);
    return;
  }
  ir::Type left = decimal_of(site.argument(0).type);
  ir::Type right = decimal_of(site.argument(1).type);
  const int whole = whole_of(left) + whole_of(right) + 1;
  const int kept = std::max(kDigits - whole, std::min(left.scale + right.scale, 6));
  if (whole + left.scale + right.scale > kDigits && kept < left.scale + right.scale) {
    const int scale = std::min<int>(site.type.scale, left.scale + right.scale);
    const int left_scale = std::min<int>(left.scale, std::max<int>(scale / 2, scale - right.scale));
    const int room = kDigits - 1 - scale;
    const int left_whole = std::min(whole_of(left), std::max(room / 2, room - whole_of(right)));
    left = ir::Type::decimal(std::max(1, left_whole + left_scale), left_scale);
    const int right_whole = std::min(whole_of(right), room - left_whole);
    right = ir::Type::decimal(std::max(1, right_whole + scale - left_scale), scale - left_scale);
  }
  write_as(writer, site, 0, left, Level::product);
  writer.text(" * ");
  write_as(writer, site, 1, right, Level::sign);
}

void write_sum_of_two(Writer& writer, const CallSite& site) {
  ir::Type left = decimal_of(site.argument(0).type);
  ir::Type right = decimal_of(site.argument(1).type);
  const bool decimals = site.type.kind == K::decimal;
  const int room = kDigits - 1 - std::max(left.scale, right.scale);
  const auto narrowed = [&](const ir::Type& type) {
    const int whole = std::min(whole_of(type), room);
    return ir::Type::decimal(std::max(1, whole + type.scale), type.scale);
  };
  if (decimals) {
    write_as(writer, site, 0, narrowed(left), Level::sum);
  } else {
    writer.argument(site, 0, Level::sum);
  }
  writer.text(site.function == F::add ? " + " : " - ");
  if (decimals) {
    write_as(writer, site, 1, narrowed(right), Level::product);
  } else {
    writer.argument(site, 1, Level::product);
  }
}

// The quotient is cut, not rounded, after more digits than the result has, and then rounded once. Where the divisor's fraction leaves no room
// for twelve whole digits beside them, there are fewer.
void write_quotient(Writer& writer, const ir::Type& type, const ir::Type& left, const ir::Type& right, const std::function<void()>& dividend,
                    const std::function<void()>& divisor) {
  constexpr int kLeastWhole = 12;
  const int room = kDigits - right.scale - kLeastWhole - 1;
  const int scale = std::clamp(std::min<int>(type.scale, room), 6, int{type.scale});
  const int whole = std::clamp(kDigits - (scale + 1) - right.scale, 1, whole_of(left));
  writer.text("cast(round(cast(");
  dividend();
  writer.text(" as ").type(ir::Type::decimal(std::min(kDigits, whole + left.scale), left.scale)).text(") / cast(");
  divisor();
  const int precision = std::clamp(std::max<int>(right.precision, scale + 1 - left.scale), 1, kDigits);
  writer.text(" as ").type(ir::Type::decimal(precision, right.scale)).text("), ").number(scale).text(") as ").type(type).text(")");
}

void write_decimal_division(Writer& writer, const CallSite& site) {
  write_quotient(
      writer, site.type, decimal_of(site.argument(0).type), decimal_of(site.argument(1).type), [&] { writer.argument(site, 0); },
      [&] { writer.argument(site, 1); });
}

// round(99.9, 0) does not fit the type of 99.9.
void write_rounding_wide(Writer& writer, const CallSite& site) {
  const ir::Type& type = site.argument(0).type;
  if (type.kind != K::decimal || site.function != F::round) return write_rounding(writer, site);
  writer.text("cast(round(cast(").argument(site, 0).text(" as ");
  writer.type(ir::Type::decimal(std::min<int>(38, type.precision + 1), type.scale)).text("), ");
  if (site.arguments.size() > 1) {
    writer.argument(site, 1);
  } else {
    writer.text("0");
  }
  writer.text(") as ").type(site.type).text(")");
}

// There is no greatest and no least: the first of two that is not less, and not NULL.
void write_greatest_by_case(Writer& writer, const CallSite& site) {
  if (site.arguments.size() == 1) {
    writer.argument(site, 0, Level::primary);
    return;
  }
  if (site.arguments.size() > 2 || site.type.is_text()) {
    writer.refuse("greatest and least take two numbers or dates here", "nest them: greatest(a, greatest(b, c)), or write a CASE");
    return;
  }
  writer.text("case when ").argument(site, 1, Level::concatenation).text(" is null or ").argument(site, 0, Level::concatenation);
  writer.text(site.function == F::greatest ? " >= " : " <= ").argument(site, 1, Level::concatenation).text(" then ").argument(site, 0);
  writer.text(" else ").argument(site, 1).text(" end");
}

void write_count(Writer& writer, const CallSite& site) {
  const bool marked = site.aggregate != nullptr && site.aggregate->distinct && site.argument(0).type.is_text() &&
                      !Writer::is_trimmed(site.argument(0), site.env);
  writer.application("count_big", site, [&] {
    writer.argument(site, 0, marked ? Level::concatenation : Level::any);
    if (marked) writer.text(" + N'|'");
  });
}

void write_sum_as(Writer& writer, const CallSite& site) {
  const ir::Type& from = site.argument(0).type;
  const bool widen = from.is_integer() || from.kind == K::float32;
  const ir::Type to = from.kind == K::int64 ? ir::Type::decimal(38, 0) : ir::Type::of(from.is_integer() ? K::int64 : K::float64);
  writer.application("sum", site, [&] {
    if (widen) writer.text("cast(");
    writer.argument(site, 0);
    if (widen) writer.text(" as ").type(to).text(")");
  });
}

void write_average(Writer& writer, const CallSite& site) {
  const std::array<std::uint8_t, 1> first{0};
  const auto count = [&] { writer.application("count_big", site, first); };
  if (site.type.kind == K::decimal) {
    const int scale = decimal_of(site.argument(0).type).scale;
    return write_quotient(
        writer, site.type, ir::Type::decimal(kDigits, scale), ir::Type::decimal(19, 0), [&] { write_sum_as(writer, site); }, count);
  }
  writer.text("cast(");
  write_sum_as(writer, site);
  writer.text(" as float) / ");
  count();
}

void write_truth(Writer& writer, const CallSite& site) {
  writer.text("cast(");
  writer.application(site.function == F::bool_or ? "max" : "min", site, [&] { writer.text("cast(").argument(site, 0).text(" as int)"); });
  writer.text(" as bit)");
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
    path += index ? "[" + *part + "]" : ".\"" + *part + "\"";
  }
  writer.text("json_value(").argument(site, 0).text(", ").string(path).text(")");
}

constexpr std::string_view kNoRegex = "Synapse has no regular expressions";
constexpr std::string_view kLikeInstead = "use like, starts_with or strpos";
constexpr std::string_view kOnlyOverWindows = "Synapse computes percentiles only over windows";
constexpr std::string_view kRankInstead = "rank the rows with row_number and take the one in the middle";

constexpr std::array kRows{
    run(F::equal, synapse::write_equal, Level::comparison),
    run(F::not_equal, synapse::write_not_equal, Level::comparison),
    run(F::less, synapse::write_order, Level::comparison),
    run(F::less_equal, synapse::write_order, Level::comparison),
    run(F::greater, synapse::write_order, Level::comparison),
    run(F::greater_equal, synapse::write_order, Level::comparison),
    say(F::is_true, "case when {0?} then 1 else 0 end = 1", Level::comparison),
    say(F::is_not_true, "case when {0?} then 1 else 0 end = 0", Level::comparison),
    say(F::is_false, "case when not {0?} then 1 else 0 end = 1", Level::comparison),
    say(F::is_not_false, "case when not {0?} then 1 else 0 end = 0", Level::comparison),
    run(F::is_distinct_from, synapse::write_distinctness, Level::comparison),
    run(F::is_not_distinct_from, synapse::write_distinctness, Level::comparison),
    run(F::add, write_sum_of_two, Level::sum),
    run(F::subtract, write_sum_of_two, Level::sum),
    run(F::multiply, write_multiply, Level::product),
    run(F::divide_decimals, write_decimal_division),
    run(F::ceiling, write_rounding_wide),
    run(F::floor, write_rounding_wide),
    run(F::round, write_rounding_wide),
    run(F::truncate, write_rounding_wide),
    say(F::natural_logarithm, "log({0})"),
    run(F::greatest, write_greatest_by_case),
    run(F::least, write_greatest_by_case),
    run(F::null_if, synapse::write_null_if),
    run(F::concat_operator, synapse::write_concat_operator, Level::concatenation),
    run(F::concat, synapse::write_concat),
    say(F::length, "len({0:concat} + N'|') - 1", Level::sum),
    say(F::octet_length, "cast(datalength(cast({0} as varchar(max))) as {type})"),
    say(F::trim, "trim({1} from {0})"),
    run(F::left_trim, synapse::write_trim_start),
    run(F::right_trim, synapse::write_trim_start),
    run(F::substring, synapse::write_substring),
    run(F::left, synapse::write_side),
    run(F::right, synapse::write_side),
    run(F::left_pad, synapse::write_left_pad, Level::concatenation),
    run(F::right_pad, synapse::write_right_pad),
    run(F::repeat, synapse::write_repeat),
    say(F::replace, "replace(cast({0} as nvarchar(max)), {1}, {2})"),
    run(F::position, synapse::write_position),
    run(F::starts_with, synapse::write_starts_with, Level::comparison),
    refuse(F::split_part, "Synapse cannot split a text by position", "use substring and strpos, or load the parts as columns"),
    say(F::md5, "lower(convert(varchar(32), hashbytes('MD5', cast({0} as varchar(max))), 2))"),
    refuse(F::regexp_like, kNoRegex, kLikeInstead),
    refuse(F::regexp_replace, kNoRegex, kLikeInstead),
    refuse(F::regexp_substring, kNoRegex, kLikeInstead),
    refuse(F::initcap, "Synapse has no initcap", "write upper(left(x, 1)) || lower(substring(x, 2)) for one word"),
    say(F::chr, "nchar({0})"),
    say(F::ascii, "case when len({0:concat} + N'|') = 1 then 0 else unicode({0}) end"),
    say(F::make_date, "datefromparts({0}, {1}, {2})"),
    run(F::date_trunc, synapse::write_date_trunc),
    run(F::extract_year, synapse::write_part),
    run(F::extract_quarter, synapse::write_part),
    run(F::extract_month, synapse::write_part),
    run(F::extract_week, synapse::write_part),
    run(F::extract_day, synapse::write_part),
    run(F::extract_day_of_week, synapse::write_day_of_week, Level::sum),
    run(F::extract_iso_day_of_week, synapse::write_day_of_week, Level::sum),
    run(F::extract_day_of_year, synapse::write_part),
    run(F::extract_hour, synapse::write_part),
    run(F::extract_minute, synapse::write_part),
    run(F::extract_second, synapse::write_second),
    run(F::extract_epoch, synapse::write_epoch),
    run(F::extract_iso_year, synapse::write_iso_year),
    say(F::add_days, "dateadd(day, {1}, {0})"),
    run(F::add_interval, synapse::write_add_interval),
    say(F::days_between, "datediff(day, {1}, {0})"),
    say(F::timestamp_difference_seconds, "cast(datediff_big(microsecond, {1}, {0}) * 0.000001 as {type})"),
    run(F::at_time_zone, synapse::write_at_time_zone),
    say(F::count_rows, "{@count_big *}"),
    run(F::count, write_count),
    run(F::sum, write_sum_as),
    run(F::average, write_average, Level::product),
    run(F::bool_and, write_truth),
    run(F::bool_or, write_truth),
    run(F::coalesce, write_coalesce_of_several),
    run(F::string_agg, synapse::write_string_agg),
    refuse(F::array_agg, "Synapse has no arrays", "use string_agg"),
    say(F::stddev_sample, "{@stdev 0}"),
    say(F::variance_sample, "{@var 0}"),
    refuse(F::percentile_cont, kOnlyOverWindows, kRankInstead),
    refuse(F::median, kOnlyOverWindows, kRankInstead),
    say(F::approx_count_distinct, "{@approx_count_distinct 0}"),
    say(F::ntile, "cast({@ntile ...} as {type})"),
    refuse(F::nth_value, "Synapse has no nth_value", "number the rows with row_number and join the n-th"),
    run(F::json_text_at, write_json_text),
    run(F::to_char_date, synapse::write_format, Level::concatenation),
};

const std::array kTypes{
    TypeWord{"bit", {K::boolean, 0, 0, 0, nullptr}},
    TypeWord{"tinyint", {K::int16, 0, 0, 0, nullptr}},
    TypeWord{"int", {K::int32, 0, 0, 0, nullptr}},
    TypeWord{"float", {K::float64, 0, 0, 0, nullptr}},
    TypeWord{"nvarchar", {K::text, 0, 0, 0, nullptr}},
    TypeWord{"varchar", {K::text, 0, 0, 0, nullptr}},
    TypeWord{"nchar", {K::text, 0, 0, 0, nullptr}},
    TypeWord{"char", {K::text, 0, 0, 0, nullptr}},
    TypeWord{"datetime2", {K::timestamp, 0, 0, 0, nullptr}},
    TypeWord{"datetime", {K::timestamp, 0, 0, 0, nullptr}},
    TypeWord{"smalldatetime", {K::timestamp, 0, 0, 0, nullptr}},
    TypeWord{"datetimeoffset", {K::timestamptz, 0, 0, 0, nullptr}},
    TypeWord{"uniqueidentifier", {K::uuid, 0, 0, 0, nullptr}},
    TypeWord{"varbinary", {K::bytes, 0, 0, 0, nullptr}},
    TypeWord{"money", {K::decimal, 19, 4, 0, nullptr}},
    TypeWord{"decimal", {K::decimal, 18, 0, 0, nullptr}, true},
};

Facts describe() {
  Facts facts;
  facts.name = "synapse";
  facts.lexicon.brackets = true;
  facts.lexicon.escape_strings = false;
  facts.lexicon.dollar_quotes = false;
  facts.lexicon.bare_statements = true;
  facts.quote_open = '[';
  facts.quote_close = ']';
  facts.booleans = false;
  facts.nulls_clause = false;
  facts.nulls_clause_in_windows = false;
  facts.nulls_are_least = true;
  facts.filter_clause = false;
  facts.window_filter_clause = false;
  facts.window_any_order = "(select null)";
  facts.ignore_nulls = false;
  facts.range_offsets = false;
  facts.rows = Facts::Rows::union_all;
  facts.limit = Facts::Limit::top;
  facts.set_all = false;
  facts.common_tables_in_dml = false;
  facts.text_ignores_blanks = true;
  facts.guarded_columns = false;
  facts.ordered_set_inputs = false;
  facts.delete_names_alias = true;
  facts.typed_outputs = true;
  facts.like = {false, true, '!', "[", false};
  facts.rounding = {"ceiling(", "round(", RoundingForm::Floats::away_from_zero, true};
  facts.add_column = "add";
  facts.alter_type = "";
  facts.merge_end = ";";
  return facts;
}

// MERGE that inserts wants a table distributed by hash, which not every published table is, so it is not counted on.
Capabilities abilities() {
  Capabilities can;
  can.multi_statement_transactions = true;
  can.merge_by_source = true;
  can.text_ignores_blanks = true;
  can.replace = Replace::delete_insert_in_transaction;
  can.settlement = Settlement::ledger;
  can.hold = Hold::ledger_row;
  can.guarded_columns = false;
  can.longest_identifier_bytes = 128;
  // learn.microsoft.com, "CREATE TABLE (Azure Synapse Analytics)", "Performance tuning with ordered clustered columnstore index".
  can.layout.partition = {ir::PartitionBy::range};
  can.layout.most_partition_keys = 1;
  can.layout.no_partition = "the bounds of Synapse's partitions are written out beforehand";
  can.layout.no_cluster = "Synapse keeps rows together by the order of its columnstore";
  can.layout.sort = LayoutFacts::Sort::declared;
  can.layout.not_sorted = {K::text, K::varchar, K::json, K::bytes, K::uuid, K::array};
  can.layout.distribution = {ir::Distribution::even, ir::Distribution::all, ir::Distribution::by_columns};
  can.layout.most_distribution_columns = 1;
  can.layout.no_property = "Synapse's tables have no other settings";
  can.longest_statement_bytes = 65536U * 4096U;
  return can;
}

class Synapse final : public Target {
 public:
  Synapse() : Target(describe(), abilities(), RuleTable(postgres_rules(), kRows)) {}

  ir::Type read_type(std::string_view catalogue_type) const override { return read_type_name(catalogue_type, kTypes); }

  void string_literal(std::string& out, std::string_view text) const override {
    // A backslash before a line break would join the lines.
    const auto joins_lines = [&](std::size_t i) {
      return text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '\n' || text[i + 1] == '\r');
    };
    bool split = false;
    for (std::size_t i = 0; i < text.size(); ++i) split = split || joins_lines(i);
    out += split ? "(N'" : "N'";
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\'') out += '\'';
      out += text[i];
      if (joins_lines(i)) out += "' + N'";
    }
    out += split ? "')" : "'";
  }

  std::string type_name(const ir::Type& type) const override {
    switch (type.kind) {
      case K::boolean:
        return "bit";
      case K::int32:
        return "int";
      case K::decimal:
        return "decimal(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
      case K::float64:
        return "float";
      case K::text:
      case K::null:
        return "nvarchar(4000)";
      case K::varchar:
        return type.length <= 4000 ? "nvarchar(" + std::to_string(type.length) + ")" : "nvarchar(max)";
      case K::bytes:
        return "varbinary(8000)";
      case K::time:
        return "time(6)";
      case K::timestamp:
        return "datetime2(6)";
      case K::timestamptz:
        return "datetimeoffset(6)";
      case K::json:
        return "nvarchar(max)";
      case K::uuid:
        return "char(36)";
      case K::interval:
      case K::array:
        return {};
      default:
        return Target::type_name(type);
    }
  }

  void boolean_literal(Writer& writer, bool value) const override { writer.text(value ? "cast(1 as bit)" : "cast(0 as bit)"); }

  bool is_natural_integer(std::int64_t value, const ir::Type& type) const override {
    return type.kind == K::int32 && value > INT32_MIN && value <= INT32_MAX;
  }

  void literal(Writer& writer, const ir::Value& value, const ir::Type& type, bool exact) const override {
    const auto typed = [&](const std::string& text) { writer.text("cast(").string(text).text(" as ").type(type).text(")"); };
    if (const auto* date = std::get_if<ir::DateValue>(&value)) {
      typed(ir::to_string(*date));
    } else if (const auto* time = std::get_if<ir::TimeValue>(&value)) {
      typed(ir::to_string(*time));
    } else if (const auto* moment = std::get_if<ir::TimestampValue>(&value)) {
      std::string text = ir::to_string(*moment);
      if (const auto blank = text.find(' '); blank != std::string::npos) text[blank] = 'T';
      typed(text + (type.kind == K::timestamptz ? "+00:00" : ""));
    } else if (std::holds_alternative<ir::IntervalValue>(value)) {
      writer.refuse("an interval can only be added to a date or a timestamp", "write x + interval '1 day'");
    } else {
      Target::literal(writer, value, type, exact);
    }
  }

  void float_literal(Writer& writer, double value, const ir::Type& type, bool exact) const override {
    if (!std::isfinite(value)) writer.refuse("a float cannot be NaN or infinite here", "use NULL");
    if (type.kind != K::float64) return Target::float_literal(writer, value, type, exact);
    const std::string digits = float_text(value);
    writer.text(digits).text(digits.find('e') == std::string::npos ? "e0" : "");
  }

  void cast(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env) const override {
    const ir::Type& from = operand.type;
    const auto print = [&](Level least = Level::any) -> Writer& {
      return writer.expression(operand, env, least, Writer::Form::value, false);
    };
    const auto finish = [&] { writer.text(" as ").type(to).text(")"); };
    const auto predicate = [&](Level least) -> Writer& { return writer.expression(operand, env, least, Writer::Form::predicate); };
    if (from.kind == K::boolean && to.is_text()) {
      writer.text("case when ");
      predicate(Level::any).text(" then N'true' when not ");
      predicate(Level::primary).text(" then N'false' end");
    } else if (from.is_text() && to.kind == K::boolean) {
      writer.refuse("a text cannot be read as a boolean with every word that PostgreSQL knows", "write x in ('t', 'true')");
    } else if (from.is_float() && to.is_integer()) {
      writer.text("cast(");
      write_half_even(writer, [&] { print(Level::product); });
      finish();
    } else if (from.kind == K::decimal && to.is_integer()) {
      writer.text("cast(round(");
      print().text(", 0)");
      finish();
    } else if (from.is_float() && to.kind == K::decimal) {
      // PostgreSQL takes the 15 digits that a double surely holds.
      writer.text("cast(format(");
      print().text(", 'G15', 'en-us')");
      finish();
    } else if (from.is_text() && to.kind == K::varchar) {
      writer.text("left(");
      print().text(", ").number(to.length).text(")");
    } else if (from.kind == K::date && to.is_text()) {
      writer.text("convert(nvarchar(10), ");
      print().text(", 23)");
    } else if ((from.kind == K::timestamp || from.kind == K::timestamptz || from.kind == K::time) && to.is_text()) {
      writer.refuse("the text of a moment has other digits here", "write to_char(x, 'YYYY-MM-DD HH24:MI:SS.US')");
    } else if (from.kind == K::timestamptz && (to.kind == K::date || to.kind == K::timestamp)) {
      writer.text("cast(switchoffset(");
      print().text(", '+00:00')");
      finish();
    } else if ((from.kind == K::timestamp || from.kind == K::date) && to.kind == K::timestamptz) {
      writer.text("todatetimeoffset(cast(");
      print().text(" as datetime2(6)), '+00:00')");
    } else {
      Target::cast(writer, operand, to, env);
    }
  }

  void create_table_head(Writer& writer, const ir::CreateTable& statement) const override {
    if (statement.if_not_exists) guard(writer, statement.table);
    writer.text("create table ").table(statement.table);
  }

  void create_table_as_head(Writer& writer, const ir::CreateTableAs& statement) const override {
    if (statement.if_not_exists) guard(writer, statement.table);
    writer.text("create table ").table(statement.table);
    clauses_and_as(writer, statement);
  }

  void table_clauses(Writer& writer, const ir::TableLayout& layout, const ir::Columns& /*columns*/, bool /*kept*/) const override {
    const auto list = [&](const std::vector<Identifier>& names) {
      for (const Identifier& name : names) writer.text(&name == names.data() ? "(" : ", ").identifier(name.text());
      writer.text(")");
    };
    writer.text("\nwith (distribution = ");
    if (layout.distribution == ir::Distribution::by_columns) {
      writer.text("hash");
      list(layout.distribute);
    } else {
      writer.text(layout.distribution == ir::Distribution::all ? "replicate" : "round_robin");
    }
    writer.text(", clustered columnstore index");
    if (!layout.sort.empty()) {
      writer.text(" order ");
      list(layout.sort);
    }
    for (const ir::LayoutKey& key : layout.partition) {
      writer.text(", partition (").identifier(key.column.text()).text(" range right for values (");
      for (std::int64_t bound = key.first; bound < key.last; bound += key.step) writer.text(bound == key.first ? "" : ", ").number(bound);
      writer.text(", ").number(key.last).text("))");
    }
    writer.text(")");
  }

  void rename_table(Writer& writer, const ir::RenameTable& statement) const override {
    writer.text("rename object ").table(statement.table).text(" to ").identifier(statement.to.text());
  }

 private:
  static void guard(Writer& writer, const TableName& table) {
    Writer name(writer.target());
    name.table(table);
    writer.text("if object_id(").string(name.take()).text(", N'U') is null\n");
  }
};

}  // namespace

const Dialect& synapse_dialect() {
  static const Synapse kDialect;
  return kDialect;
}

}  // namespace penstock::dialects
