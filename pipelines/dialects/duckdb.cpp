#include <array>
#include <cmath>
#include <functional>

#include "pipelines/dialects/calls.h"
#include "pipelines/dialects/target.h"
#include "pipelines/dialects/usage.h"

// Seen on DuckDB 1.5.6, 2026-11-21.

namespace penstock::dialects {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

void write_integer_division(Writer& writer, const CallSite& site) {
  writer.argument(site, 0, Level::product).text(" // ");
  write_divisor(writer, site, 1, Level::sign);
}

void write_modulo(Writer& writer, const CallSite& site) {
  writer.argument(site, 0, Level::product).text(" % ");
  write_divisor(writer, site, 1, Level::sign);
}

void write_float_division(Writer& writer, const CallSite& site) {
  writer.argument(site, 0, Level::product).text(" / ");
  write_divisor(writer, site, 1, Level::sign);
}

constexpr int kNarrowDigits = 18;

// More than 18 digits for certain, so that what is computed of it has 38.
bool is_wide(const ir::Expression& expression, const Env& env) {
  if (expression.type.kind == K::int64) return true;
  if (expression.type.kind != K::decimal || expression.type.precision <= kNarrowDigits) return false;
  if (std::holds_alternative<ir::Cast>(expression.node) || Writer::literal_of(expression) != nullptr) return true;
  const auto* column = std::get_if<ir::ColumnRef>(&expression.node);
  const Slot* slot = column != nullptr && column->depth == 0 ? &env.slots[static_cast<std::size_t>(column->column)] : nullptr;
  if (slot == nullptr) return false;
  if (slot->kind == Slot::Kind::expression) return is_wide(*slot->expression, *slot->env);
  return slot->declared || (slot->aggregate != nullptr && slot->aggregate->function == F::sum);
}

// Of decimals of up to 18 digits DuckDB makes one of 18 digits, and fails where they do not hold the result. That is its native price, and
// is paid as long as twelve whole digits are left. Beyond that the first is widened.
void write_decimal_arithmetic(Writer& writer, const CallSite& site, std::string_view symbol, Level left, Level right) {
  constexpr int kMostNarrowScale = 6;
  const bool tight = site.type.kind == K::decimal && site.type.precision > kNarrowDigits && site.type.scale > kMostNarrowScale;
  if (tight && !is_wide(site.argument(0), site.env) && !is_wide(site.argument(1), site.env)) {
    const ir::Type& type = site.argument(0).type;
    const int scale = type.kind == K::decimal ? int{type.scale} : 0;
    writer.text("cast(").argument(site, 0).text(" as decimal(38, ").number(scale).text("))");
  } else {
    writer.argument(site, 0, left);
  }
  writer.text(symbol).argument(site, 1, right);
}

void write_add(Writer& writer, const CallSite& site) { write_decimal_arithmetic(writer, site, " + ", Level::sum, Level::product); }
void write_subtract(Writer& writer, const CallSite& site) { write_decimal_arithmetic(writer, site, " - ", Level::sum, Level::product); }

void write_multiply(Writer& writer, const CallSite& site) {
  const auto scale = [](const ir::Type& type) { return type.kind == K::decimal ? int{type.scale} : 0; };
  const bool cut = site.type.kind == K::decimal && scale(site.argument(0).type) + scale(site.argument(1).type) > site.type.scale;
  if (cut) return write_product(writer, site);
  write_decimal_arithmetic(writer, site, " * ", Level::product, Level::sign);
}

using Print = std::function<void(Level)>;

// decimal / decimal is a double, which is right to 15 digits. The exact rest of the first four fraction digits, divided likewise, gives the
// digits that a decimal has.
void write_quotient(Writer& writer, const ir::Type& type, const Print& dividend, const Print& divisor) {
  const auto first = [&] {
    writer.text("cast(");
    dividend(Level::product);
    writer.text(" / ");
    divisor(Level::sign);
    writer.text(" as decimal(38, 4))");
  };
  first();
  writer.text(" + cast((");
  dividend(Level::sum);
  writer.text(" - ");
  first();
  writer.text(" * ");
  divisor(Level::sign);
  writer.text(") / ");
  divisor(Level::sign);
  writer.text(" as ").type(type).text(")");
}

void write_decimal_division(Writer& writer, const CallSite& site) {
  const bool guarded = write_zero_guard(writer, site, 1);
  write_quotient(
      writer, site.type, [&](Level least) { writer.argument(site, 0, least); }, [&](Level least) { writer.argument(site, 1, least); });
  if (guarded) writer.text(" end");
}

void write_average(Writer& writer, const CallSite& site) {
  const std::array<std::uint8_t, 1> first{0};
  const auto sum = [&](Level) { writer.application("sum", site, first); };
  const auto count = [&](Level) { writer.application("count", site, first); };
  if (site.type.kind == K::decimal) return write_quotient(writer, site.type, sum, count);
  writer.text("cast(");
  sum(Level::any);
  writer.text(" as double) / ");
  count(Level::any);
}

void write_rounded(Writer& writer, const CallSite& site) {
  if (has_constant_digits(writer, site)) write_rounding(writer, site);
}

void write_split_part(Writer& writer, const CallSite& site) {
  if (!split_position(writer, site)) return;
  const bool guard = may_be_empty(site.argument(1));
  if (guard) {
    writer.text("case when ").argument(site, 1, Level::concatenation).text(" = '' then case when ");
    writer.argument(site, 2, Level::concatenation).text(" in (1, -1) then ").argument(site, 0).text(" else '' end else ");
  }
  writer.text("split_part(").argument(site, 0).text(", ").argument(site, 1).text(", ").argument(site, 2).text(guard ? ") end" : ")");
}

void write_date_trunc(Writer& writer, const CallSite& site) {
  writer.text("date_trunc(").string(trunc_unit(writer, site)).text(", ").argument(site, 1).text(")");
}

void write_format(Writer& writer, const CallSite& site) {
  std::string format;
  const auto token = [&](std::string_view name) {
    format += name == "YYYY"   ? "%Y"
              : name == "MM"   ? "%m"
              : name == "DD"   ? "%d"
              : name == "HH24" ? "%H"
              : name == "MI"   ? "%M"
              : name == "SS"   ? "%S"
                               : "%f";
  };
  if (!read_format(writer, site, token, [&](char sign) { format += sign; })) return;
  writer.text("strftime(").argument(site, 0).text(", ").string(format).text(")");
}

// A JSON pointer finds the members of arrays and objects alike, as PostgreSQL's path does.
void write_json_text(Writer& writer, const CallSite& site) {
  std::string pointer;
  for (std::size_t i = 1; i < site.arguments.size(); ++i) {
    const std::string* part = Writer::text_of(site.argument(i));
    if (part == nullptr) {
      writer.refuse("the path into JSON must be constant", "write its parts as texts");
      return;
    }
    pointer += '/';
    for (const char c : *part) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer += c;
      }
    }
  }
  // Engines spell lists and mappings differently: they have no text.
  writer.text("case when json_type(").argument(site, 0).text(", ").string(pointer).text(") not in ('ARRAY', 'OBJECT') then ");
  writer.text("json_extract_string(").argument(site, 0).text(", ").string(pointer).text(") end");
}

// DuckDB takes no constant for the order within a group.
void write_percentile_of_rows(Writer& writer, const CallSite& site) {
  if (is_constant(site.argument(site.arguments.size() - 1), site.env)) {
    writer.refuse("the percentile of a constant cannot be asked for", "write the constant itself");
    return;
  }
  write_percentile(writer, site);
}

constexpr std::array kRows{
    say(F::logical_not, "not {0:primary}", Level::negation),
    run(F::add, write_add, Level::sum),
    run(F::subtract, write_subtract, Level::sum),
    run(F::multiply, write_multiply, Level::product),
    run(F::divide_integers, write_integer_division, Level::product),
    run(F::divide_decimals, write_decimal_division, Level::sum),
    run(F::divide_floats, write_float_division, Level::product),
    run(F::modulo, write_modulo, Level::product),
    run(F::power, write_guarded_power),
    run(F::round, write_rounded),
    run(F::truncate, write_rounded),
    // reverse() of DuckDB keeps what a reader sees as one character together; a match of . is one code point.
    say(F::reverse, "array_to_string(list_reverse(regexp_extract_all({0}, '(?s).')), '')"),
    say(F::length, "cast(length({0}) as {type})"),
    say(F::octet_length, "cast(strlen({0}) as {type})"),
    say(F::trim, "trim({0}, {1})"),
    run(F::substring, write_clamped_substring),
    run(F::left_pad, write_pad),
    run(F::right_pad, write_pad),
    say(F::position, "cast(strpos({0}, {1}) as {type})"),
    run(F::split_part, write_split_part),
    refuse(F::initcap, "DuckDB has no initcap", "write upper(left(x, 1)) || lower(substring(x, 2)) for one word"),
    run(F::date_trunc, write_date_trunc),
    say(F::extract_second, "cast(cast(extract(microsecond from {0}) as decimal(18, 0)) * 0.000001 as {type})"),
    say(F::extract_epoch, "cast(cast(epoch_us({0}) as decimal(19, 0)) * 0.000001 as {type})"),
    say(F::days_between, "cast({0:sum} - {1:product} as {type})"),
    say(F::timestamp_difference_seconds, "cast(epoch_us({0}) - epoch_us({1}) as decimal(38, 0)) * 0.000001", Level::product),
    run(F::average, write_average, Level::sum),
    run(F::string_agg, write_string_agg_by_constant),
    run(F::percentile_cont, write_percentile_of_rows),
    run(F::median, write_percentile_of_rows),
    say(F::approx_count_distinct, "{@approx_count_distinct 0}"),
    say(F::ntile, "cast({@ntile ...} as {type})"),
    run(F::json_text_at, write_json_text),
    run(F::to_char_date, write_format),
};

const std::array kTypes{
    TypeWord{"hugeint", {K::decimal, 38, 0, 0, nullptr}}, TypeWord{"tinyint", {K::int16, 0, 0, 0, nullptr}},
    TypeWord{"utinyint", {K::int16, 0, 0, 0, nullptr}},   TypeWord{"usmallint", {K::int32, 0, 0, 0, nullptr}},
    TypeWord{"uinteger", {K::int64, 0, 0, 0, nullptr}},   TypeWord{"float", {K::float32, 0, 0, 0, nullptr}},
    TypeWord{"double", {K::float64, 0, 0, 0, nullptr}},   TypeWord{"varchar", {K::text, 0, 0, 0, nullptr}},
    TypeWord{"blob", {K::bytes, 0, 0, 0, nullptr}},       TypeWord{"decimal", {K::decimal, 18, 3, 0, nullptr}, true},
};

Facts describe() {
  Facts facts;
  facts.name = "duckdb";
  facts.ignore_nulls_inside = true;
  facts.filters_late = true;
  facts.conditions_whole = true;
  facts.failure = "error(";
  facts.rounding = {"ceil(", "trunc(", RoundingForm::Floats::by_round_even, true};
  facts.typed_outputs = true;
  facts.like = {true, true, '!', "", true};
  facts.sum = {false, true};
  facts.regex = {RegexFlavour::re2, "regexp_matches(", "regexp_extract(", true, true};
  facts.alter_type = "set data type";
  return facts;
}

Capabilities abilities() {
  Capabilities can;
  can.transactional_ddl = true;
  can.multi_statement_transactions = true;
  can.create_or_replace_table = true;
  can.create_or_replace_view = true;
  can.merge = true;
  can.merge_by_source = true;
  can.enforced_primary_key = true;
  can.replace = Replace::rename_in_transaction;
  can.settlement = Settlement::ledger;
  can.hold = Hold::working_name;
  can.longest_identifier_bytes = 255;
  can.layout.no_partition = "DuckDB divides no table";
  can.layout.no_cluster = "DuckDB clusters no table";
  // Row groups know their least and greatest values, and keep the order in which rows come.
  can.layout.sort = LayoutFacts::Sort::written;
  can.layout.no_distribution = "one process has all rows";
  can.layout.no_property = "DuckDB's tables have no settings";
  can.longest_statement_bytes = 64U * 1024U * 1024U;
  return can;
}

class DuckDb final : public Target {
 public:
  DuckDb() : Target(describe(), abilities(), RuleTable(postgres_rules(), kRows)) {}

  ir::Type read_type(std::string_view catalogue_type) const override { return read_type_name(catalogue_type, kTypes); }

  std::string type_name(const ir::Type& type) const override {
    switch (type.kind) {
      case K::decimal:
        return "decimal(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
      case K::float32:
        return "float";
      case K::float64:
        return "double";
      case K::text:
      case K::varchar:
      case K::null:
        return "varchar";
      case K::bytes:
        return "blob";
      case K::json:
        return "json";
      default:
        return Target::type_name(type);
    }
  }

  void float_literal(Writer& writer, double value, const ir::Type& type, bool exact) const override {
    const bool bare = std::isfinite(value) && type.kind == K::float64;
    if (!bare) return Target::float_literal(writer, value, type, exact);
    const std::string digits = float_text(value);
    writer.text(digits).text(digits.find('e') == std::string::npos ? "e0" : "");
  }

  void cast(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env) const override {
    const ir::Type& from = operand.type;
    if (from.is_text() && to.is_integer() && Writer::literal_of(operand) == nullptr) return text_to_integer(writer, operand, to, env);
    if (from.is_text() && to.kind == K::varchar) {
      // varchar(n) does not cut here.
      writer.text("left(").expression(operand, env).text(", ").number(to.length).text(")");
      return;
    }
    if (from.is_text() && to.kind == K::boolean && Writer::literal_of(operand) == nullptr)
      return write_boolean_of_text(writer, operand, env);
    if (from.is_float() && to.kind == K::decimal) {
      // PostgreSQL takes the 15 digits that a double surely holds.
      writer.text(from.kind == K::float32 ? "cast(printf('%.6g', " : "cast(printf('%.15g', ");
      writer.expression(operand, env, Level::any, Writer::Form::value, false).text(") as ").type(to).text(")");
      return;
    }
    Target::cast(writer, operand, to, env);
  }

 private:
  // '1.5' and '1e3' are no whole numbers to PostgreSQL.
  static void text_to_integer(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env) {
    writer.text("case when regexp_full_match(").expression(operand, env);
    writer.text(", '\\s*[-+]?[0-9]+\\s*') or ").expression(operand, env, Level::concatenation).text(" is null then ");
    plain_cast(writer, operand, to, env);
    writer.text(" else ");
    write_failure(writer, "invalid input syntax for a whole number");
    writer.text(" end");
  }
};

}  // namespace

const Dialect& duckdb_dialect() {
  static const DuckDb kDialect;
  return kDialect;
}

}  // namespace penstock::dialects
