#include <array>
#include <cmath>

#include "pipelines/dialects/calls.h"
#include "pipelines/dialects/target.h"

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

std::string power_of_ten(int exponent) { return "1" + std::string(static_cast<std::size_t>(exponent), '0'); }

int scale_of(const ir::Type& type) { return type.kind == K::decimal ? int{type.scale} : 0; }

// decimal / decimal would be a double. So both sides become whole numbers, of which the first is brought to the result's scale, and half
// of the divisor is added towards the quotient's sign before the division that truncates.
void write_decimal_division(Writer& writer, const CallSite& site) {
  const int right_scale = scale_of(site.argument(1).type);
  const int shift = site.type.scale + right_scale;
  const auto dividend = [&] {
    writer.text("cast(cast(").argument(site, 0).text(" as decimal(38, ").number(scale_of(site.argument(0).type)).text(")) * ");
    writer.text(power_of_ten(shift)).text(" as hugeint)");
  };
  const auto divisor = [&] {
    writer.text("cast(").argument(site, 1, Level::product);
    if (right_scale > 0) writer.text(" * ").text(power_of_ten(right_scale));
    writer.text(" as hugeint)");
  };
  writer.text("cast(case when ").argument(site, 1, Level::concatenation).text(" = 0 then ");
  write_failure(writer, "division by zero");
  writer.text(" else (2 * ");
  dividend();
  writer.text(" + sign(").argument(site, 0).text(") * abs(");
  divisor();
  writer.text(")) // (2 * ");
  divisor();
  writer.text(") end as decimal(38, 0)) * cast(0.")
      .text(std::string(static_cast<std::size_t>(site.type.scale - 1), '0'))
      .text("1 as decimal(");
  writer.number(site.type.scale + 1).text(", ").number(site.type.scale).text("))");
}

// Two decimals of 18 digits give one of 18 digits, which overflows where PostgreSQL's does not.
void write_decimal_arithmetic(Writer& writer, const CallSite& site, std::string_view symbol, Level left, Level right) {
  const auto narrow = [](const ir::Type& type) { return (type.kind == K::decimal && type.precision <= 18) || type.is_integer(); };
  const bool widen =
      site.type.kind == K::decimal && site.type.precision > 18 && narrow(site.argument(0).type) && narrow(site.argument(1).type);
  if (widen) {
    writer.text("cast(").argument(site, 0).text(" as decimal(38, ").number(scale_of(site.argument(0).type)).text("))");
  } else {
    writer.argument(site, 0, left);
  }
  writer.text(symbol).argument(site, 1, right);
}

void write_add(Writer& writer, const CallSite& site) { write_decimal_arithmetic(writer, site, " + ", Level::sum, Level::product); }
void write_subtract(Writer& writer, const CallSite& site) { write_decimal_arithmetic(writer, site, " - ", Level::sum, Level::product); }
void write_multiply(Writer& writer, const CallSite& site) { write_decimal_arithmetic(writer, site, " * ", Level::product, Level::sign); }

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

constexpr std::array kRows{
    run(F::add, write_add, Level::sum),
    run(F::subtract, write_subtract, Level::sum),
    run(F::multiply, write_multiply, Level::product),
    run(F::divide_integers, write_integer_division, Level::product),
    run(F::divide_decimals, write_decimal_division, Level::product),
    run(F::divide_floats, write_float_division, Level::product),
    run(F::modulo, write_modulo, Level::product),
    run(F::power, write_guarded_power),
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
    say(F::average, "cast({@sum 0} as double) / {@count 0}", Level::product),
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
