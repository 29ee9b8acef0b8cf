#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "pipelines/dialects/databricks_calls.h"
#include "pipelines/dialects/target.h"

// Run on Spark 4.2.0 with Delta 4.4.0 in ANSI mode, 2026-11-30. The session's time zone must be UTC, as a SQL warehouse's is by default.

namespace penstock::dialects {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

constexpr std::array kRows{
    run(F::equal, databricks::write_comparison, Level::comparison),
    run(F::not_equal, databricks::write_comparison, Level::comparison),
    run(F::less, databricks::write_comparison, Level::comparison),
    run(F::less_equal, databricks::write_comparison, Level::comparison),
    run(F::greater, databricks::write_comparison, Level::comparison),
    run(F::greater_equal, databricks::write_comparison, Level::comparison),
    run(F::is_distinct_from, databricks::write_comparison, Level::comparison),
    run(F::is_not_distinct_from, databricks::write_comparison, Level::comparison),
    run(F::null_if, databricks::write_comparison),
    run(F::add, databricks::write_sum_of_two, Level::sum),
    run(F::subtract, databricks::write_sum_of_two, Level::sum),
    run(F::multiply, databricks::write_product_of_two, Level::product),
    run(F::divide_integers, databricks::write_integer_division, Level::product),
    run(F::divide_decimals, databricks::write_decimal_division, Level::product),
    run(F::power, write_guarded_power),
    say(F::square_root, "sqrt(case when {0:concat} < 0 then raise_error('cannot take square root of a negative number') else {0} end)"),
    say(F::natural_logarithm, "ln(case when {0:concat} <= 0 then raise_error('cannot take logarithm of zero or less') else {0} end)"),
    say(F::logarithm10, "log10(case when {0:concat} <= 0 then raise_error('cannot take logarithm of zero or less') else {0} end)"),
    run(F::ceiling, databricks::write_rounded),
    run(F::floor, databricks::write_rounded),
    run(F::round, databricks::write_rounded),
    run(F::truncate, databricks::write_rounded),
    run(F::greatest, databricks::write_greatest_of_several),
    run(F::least, databricks::write_greatest_of_several),
    run(F::concat, write_concat_by_operator, Level::concatenation),
    say(F::trim, "trim(both {1} from {0})"),
    say(F::left_trim, "trim(leading {1} from {0})"),
    say(F::right_trim, "trim(trailing {1} from {0})"),
    run(F::substring, write_clamped_substring),
    run(F::left, write_left),
    run(F::right, write_right),
    run(F::left_pad, write_pad),
    run(F::right_pad, write_pad),
    say(F::position, "instr({0}, {1})"),
    say(F::starts_with, "startswith({0}, {1})"),
    run(F::regexp_substring, databricks::write_regexp_substring),
    refuse(F::initcap, "Databricks' initcap takes other characters for the ends of words",
           "write upper(left(x, 1)) || lower(substring(x, 2))"),
    run(F::chr, databricks::write_chr),
    run(F::date_trunc, databricks::write_date_trunc),
    say(F::extract_year, "extract(year from {0})"),
    say(F::extract_quarter, "extract(quarter from {0})"),
    say(F::extract_month, "extract(month from {0})"),
    say(F::extract_week, "extract(week from {0})"),
    say(F::extract_day, "extract(day from {0})"),
    say(F::extract_day_of_week, "dayofweek({0}) - 1", Level::sum),
    say(F::extract_iso_day_of_week, "weekday({0}) + 1", Level::sum),
    say(F::extract_day_of_year, "extract(doy from {0})"),
    run(F::extract_hour, databricks::write_hour),
    run(F::extract_minute, databricks::write_minute),
    run(F::extract_second, databricks::write_second),
    say(F::extract_iso_year, "extract(yearofweek from {0})"),
    run(F::extract_epoch, databricks::write_epoch),
    say(F::add_days, "date_add({0}, {1})"),
    run(F::add_interval, databricks::write_add_interval, Level::sum),
    say(F::days_between, "datediff({0}, {1})"),
    run(F::timestamp_difference_seconds, databricks::write_difference),
    run(F::at_time_zone, databricks::write_at_time_zone),
    run(F::count, databricks::write_count),
    run(F::sum, databricks::write_sum_over),
    run(F::average, databricks::write_average, Level::product),
    run(F::coalesce, write_coalesce_of_several),
    run(F::array_agg, databricks::write_array_agg),
    run(F::string_agg, databricks::write_string_agg),
    run(F::lag, databricks::write_neighbour),
    run(F::lead, databricks::write_neighbour),
    run(F::nth_value, write_by_constant_offset),
    say(F::row_number, "cast({@row_number} as {type})"),
    say(F::rank, "cast({@rank} as {type})"),
    say(F::dense_rank, "cast({@dense_rank} as {type})"),
    run(F::ntile, databricks::write_ntile),
    run(F::approx_count_distinct, databricks::write_count),
    run(F::json_text_at, databricks::write_json_text),
    run(F::to_char_date, databricks::write_format),
};

const std::array kTypes{
    TypeWord{"tinyint", {K::int16, 0, 0, 0, nullptr}},
    TypeWord{"byte", {K::int16, 0, 0, 0, nullptr}},
    TypeWord{"short", {K::int16, 0, 0, 0, nullptr}},
    TypeWord{"long", {K::int64, 0, 0, 0, nullptr}},
    TypeWord{"float", {K::float32, 0, 0, 0, nullptr}},
    TypeWord{"double", {K::float64, 0, 0, 0, nullptr}},
    TypeWord{"string", {K::text, 0, 0, 0, nullptr}},
    TypeWord{"char", {K::text, 0, 0, 0, nullptr}},
    TypeWord{"binary", {K::bytes, 0, 0, 0, nullptr}},
    TypeWord{"timestamp", {K::timestamptz, 0, 0, 0, nullptr}},
    TypeWord{"timestamp_ntz", {K::timestamp, 0, 0, 0, nullptr}},
    TypeWord{"variant", {K::json, 0, 0, 0, nullptr}},
    TypeWord{"decimal", {K::decimal, 10, 0, 0, nullptr}, true},
};

// Columns can be dropped, widened, and have blanks in their names.
constexpr std::array kKeptProperties{std::pair{std::string_view("delta.columnMapping.mode"), std::string_view("name")},
                                     std::pair{std::string_view("delta.enableTypeWidening"), std::string_view("true")}};

Facts describe() {
  Facts facts;
  facts.name = "databricks";
  facts.lexicon.quotes = "'\"`";
  facts.lexicon.backslashes = true;
  facts.lexicon.escape_strings = false;
  facts.lexicon.dollar_quotes = false;
  facts.quote_open = '`';
  facts.quote_close = '`';
  facts.nulls_are_least = true;
  facts.window_filter_clause = false;
  facts.window_any_order = "null";
  facts.windows_in_order = false;
  facts.filters_late = true;
  // "SQL semantics": nothing is promised about the order in which operands are computed.
  facts.conditions_whole = true;
  facts.failure = "raise_error(";
  facts.like = {true, false, '\\', "", false};
  facts.regex = {RegexFlavour::java, "regexp_like(", "", false, false};
  // Delta 4.4 does not find the target of a MERGE again in a subquery of the MERGE's source beside VALUES.
  facts.rows = Facts::Rows::union_all;
  facts.guarded_columns = false;
  return facts;
}

Capabilities abilities() {
  Capabilities can;
  // Each of these is one commit of one Delta table (docs.delta.io, "Concurrency control"; run).
  can.create_or_replace_table = true;
  can.merge = true;
  can.merge_by_source = true;
  can.hashes_null_safe = true;  // EqualNullSafe is a key of Spark's hash joins (run: EXPLAIN).
  can.replace = Replace::create_or_replace;
  can.create_or_replace_view = true;
  // DESCRIBE HISTORY names the statement of each version in queryHistoryStatementId: seen in others' recordings of SQL warehouses, and not
  // among the columns that docs.databricks.com lists.
  can.settlement = Settlement::snapshot;
  // Writers that meet fail with DELTA_CONCURRENT_*, and nothing of theirs is seen (docs.databricks.com, "Isolation levels and write
  // conflicts").
  can.hold = Hold::by_statement;
  // docs.databricks.com, "CREATE TABLE [USING]": PARTITIONED BY names columns, and stands beside no CLUSTER BY; "Use liquid clustering".
  can.layout.partition = {ir::PartitionBy::value};
  can.layout.partition_or_cluster = true;
  can.layout.no_partition = "Delta divides tables by columns, and not by what is computed of them";
  can.layout.cluster = {ir::PartitionBy::value};
  can.layout.most_cluster_keys = 4;
  can.layout.not_clustered = {K::boolean, K::bytes, K::json, K::array};
  can.layout.rebuilds = true;
  can.layout.no_sort = "Delta orders rows by what clusters them";
  can.layout.no_distribution = "no node owns rows";
  can.layout.properties = LayoutFacts::Properties::any;
  can.longest_identifier_bytes = 255;                 // Characters in Unity Catalog (docs.databricks.com, "Names").
  can.longest_statement_bytes = 16U * 1024U * 1024U;  // The Statement Execution API (docs.databricks.com, "statement").
  can.guarded_columns = false;                        // ALTER TABLE ADD COLUMN has no IF NOT EXISTS (run).
  can.widening = Widening::within_kind;               // With delta.enableTypeWidening (docs.delta.io, "Type widening"; run).
  return can;
}

class Databricks final : public Target {
 public:
  Databricks() : Target(describe(), abilities(), RuleTable(postgres_rules(), kRows)) {}

  ir::Type read_type(std::string_view catalogue_type) const override { return read_type_name(catalogue_type, kTypes); }

  void string_literal(std::string& out, std::string_view text) const override {
    out += '\'';
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const bool names_variable = c == '{' && i > 0 && text[i - 1] == '$';
      if (c == '\'' || c == '\\' || names_variable) out += '\\';
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
      case K::int32:
        return "int";
      case K::decimal:
        return "decimal(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
      case K::float32:
        return "float";
      case K::float64:
        return "double";
      case K::text:
      case K::varchar:
      case K::null:
      case K::uuid:
        return "string";
      case K::bytes:
        return "binary";
      case K::timestamp:
        return "timestamp_ntz";
      case K::timestamptz:
        return "timestamp";
      case K::json:
        return "variant";
      case K::time:
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

  void literal(Writer& writer, const ir::Value& value, const ir::Type& type, bool exact) const override {
    if (const auto* moment = std::get_if<ir::TimestampValue>(&value)) {
      const bool zoned = type.kind == K::timestamptz;
      writer.text(zoned ? "timestamp " : "timestamp_ntz ").string(ir::to_string(*moment) + (zoned ? "+00:00" : ""));
    } else if (std::holds_alternative<ir::TimeValue>(value)) {
      writer.refuse("there is no type for a time of day", "keep it as text, or as seconds of the day");
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
    // A bare 1.5 is a decimal.
    if (!std::isfinite(value)) return Target::float_literal(writer, value, type, exact);
    const bool single = type.kind == K::float32;
    writer.text(single ? "cast(" : "").text(float_text(value)).text(single ? "D as float)" : "D");
  }

  void cast(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env) const override {
    const ir::Type& from = operand.type;
    const auto print = [&](Level least = Level::any) -> Writer& {
      return writer.expression(operand, env, least, Writer::Form::value, false);
    };
    if (from.is_float() && to.is_integer()) {
      writer.text("cast(bround(");
      print().text(", 0) as ").type(to).text(")");
    } else if (from.is_float() && to.kind == K::decimal) {
      // PostgreSQL takes the 15 digits that a double surely holds.
      const bool guard = operand.nullable;
      if (guard) writer.text("case when ").expression(operand, env, Level::concatenation).text(" is not null then ");
      writer.text("cast(");
      databricks::write_digits_of_float(writer, from, [&] { print(); });
      writer.text(" as ").type(to).text(")").text(guard ? " end" : "");
    } else if (from.kind == K::decimal && to.is_integer()) {
      // A cast alone cuts the fraction off.
      writer.text("cast(round(");
      print().text(", 0) as ").type(to).text(")");
    } else if (from.is_text() && to.kind == K::varchar) {
      writer.text("substr(");
      print().text(", 1, ").number(to.length).text(")");
    } else if (to.kind == K::varchar) {
      writer.text("substr(");
      cast(writer, operand, ir::Type::of(K::text), env);
      writer.text(", 1, ").number(to.length).text(")");
    } else if (from.is_text() && to.is_text()) {
      writer.expression(operand, env, Level::primary);
    } else if (from.is_text() && to.kind == K::boolean) {
      write_boolean_of_text(writer, operand, env);
    } else if (from.is_text() && to.kind == K::json) {
      writer.text("parse_json(");
      print().text(")");
    } else if (from.kind == K::json && to.is_text()) {
      writer.text("to_json(");
      print().text(")");
    } else if (from.is_text() && to.kind == K::uuid) {
      writer.refuse("there is no type for a uuid, and a text is not looked at whether it is one", "keep it as text");
    } else if (from.kind == K::timestamptz && to.is_text()) {
      writer.refuse("the text of a timestamptz names a time zone", "write cast(x at time zone 'UTC' as text)");
    } else {
      Target::cast(writer, operand, to, env);
    }
  }

  void table_clauses(Writer& writer, const ir::TableLayout& layout, const ir::Columns& /*columns*/, bool kept) const override {
    columns_of(writer, "\npartitioned by (", layout.partition);
    columns_of(writer, "\ncluster by (", layout.cluster);
    std::vector<std::pair<std::string_view, std::string_view>> properties;
    // A table that is replaced as a whole needs nothing of a table that is altered.
    for (const auto& own : kKeptProperties) {
      const auto is_same = [&](const ir::TableProperty& property) { return property.name == own.first; };
      if (kept && std::none_of(layout.properties.begin(), layout.properties.end(), is_same)) properties.push_back(own);
    }
    for (const ir::TableProperty& property : layout.properties) properties.emplace_back(property.name, property.value);
    std::string_view before = "\ntblproperties (";
    for (const auto& [name, value] : properties) writer.text(std::exchange(before, ", ")).string(name).text(" = ").string(value);
    writer.text(properties.empty() ? "" : ")");
  }

  void rename_table(Writer& writer, const ir::RenameTable& statement) const override {
    // A bare new name would be one of the session's schema.
    TableName to = statement.table;
    to.name = statement.to;
    writer.text("alter table ").table(statement.table).text(" rename to ").table(to);
  }

 private:
  static void columns_of(Writer& writer, std::string_view before, const std::vector<ir::LayoutKey>& keys) {
    for (const ir::LayoutKey& key : keys) writer.text(std::exchange(before, ", ")).identifier(key.column.text());
    writer.text(keys.empty() ? "" : ")");
  }
};

}  // namespace

const Dialect& databricks_dialect() {
  static const Databricks kDialect;
  return kDialect;
}

}  // namespace penstock::dialects
