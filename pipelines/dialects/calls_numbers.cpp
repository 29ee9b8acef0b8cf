#include <algorithm>

#include "pipelines/dialects/calls.h"
#include "pipelines/dialects/target.h"

namespace penstock::dialects {
namespace {

using F = ir::Function;

int scale_of(const ir::Type& type) { return type.kind == ir::TypeKind::decimal ? int{type.scale} : 0; }

void write_factor(Writer& writer, const CallSite& site, std::size_t index, int scale, Level least) {
  if (scale_of(site.argument(index).type) <= scale) {
    writer.argument(site, index, least);
    return;
  }
  writer.text("cast(").argument(site, index).text(" as ").type(ir::Type::decimal(ir::kMaxDecimalPrecision, scale)).text(")");
}

}  // namespace

void write_product(Writer& writer, const CallSite& site) {
  const int left = scale_of(site.argument(0).type);
  const int right = scale_of(site.argument(1).type);
  const int wanted = site.type.kind == ir::TypeKind::decimal ? int{site.type.scale} : left + right;
  // The one with fewer keeps them as long as the other keeps half.
  const int kept_left = std::min(left, std::max(wanted / 2, wanted - right));
  write_factor(writer, site, 0, left + right > wanted ? kept_left : left, Level::product);
  writer.text(" * ");
  write_factor(writer, site, 1, left + right > wanted ? wanted - kept_left : right, Level::sign);
}

bool is_nonzero_constant(const ir::Expression& expression) {
  const ir::Literal* constant = Writer::literal_of(expression);
  if (constant == nullptr) return false;
  if (const auto* whole = std::get_if<std::int64_t>(&constant->value)) return *whole != 0;
  if (const auto* number = std::get_if<double>(&constant->value)) return *number != 0;
  const auto* decimal = std::get_if<ir::DecimalText>(&constant->value);
  return decimal != nullptr && decimal->digits.find_first_of("123456789") != std::string::npos;
}

bool has_constant_digits(Writer& writer, const CallSite& site) {
  if (site.arguments.size() < 2 || Writer::integer_of(site.argument(1))) return true;
  writer.refuse("the digits of " + std::string(ir::spec(site.function).name) + " must be a constant",
                "write a CASE with one constant for each number of digits");
  return false;
}

void write_half_even(Writer& writer, const std::function<void()>& print) {
  const std::string_view truncate = writer.target().facts().rounding.truncate;
  const bool three = truncate == "round(";
  writer.text("case when abs(");
  print();
  writer.text(" - ").text(truncate);
  print();
  writer.text(three ? ", 0, 1)) = 0.5 then 2 * round(" : ")) = 0.5 then 2 * round(");
  print();
  writer.text(three ? " / 2, 0) else round(" : " / 2) else round(");
  print();
  writer.text(three ? ", 0) end" : ") end");
}

void write_rounding(Writer& writer, const CallSite& site) {
  const RoundingForm& form = writer.target().facts().rounding;
  const ir::Type& type = site.argument(0).type;
  const bool digits = site.arguments.size() > 1;
  if (type.is_float() && digits) {
    writer.refuse("a float cannot be rounded to digits, as they are not what it holds",
                  "cast it first: round(cast(x as decimal(18,6)), 2)");
    return;
  }
  if (type.is_integer() && !digits) {
    writer.argument(site, 0, Level::primary);
    return;
  }
  if (type.is_float() && site.function == F::round && form.floats == RoundingForm::Floats::away_from_zero) {
    return write_half_even(writer, [&] { writer.argument(site, 0, Level::product); });
  }
  const bool even = type.is_float() && site.function == F::round && form.floats == RoundingForm::Floats::by_round_even;
  const bool cast = !site.type.is_unknown() && (form.cast_result ? !type.is_float() : type.is_integer());
  const bool truncates = site.function == F::truncate;
  const bool three = form.truncate == "round(" && (truncates || site.function == F::round);
  if (cast) writer.text("cast(");
  writer.text(site.function == F::ceiling ? form.ceiling
              : site.function == F::floor ? "floor("
              : truncates                 ? form.truncate
              : even                      ? "round_even("
                                          : "round(");
  writer.argument(site, 0);
  if (digits) {
    writer.text(", ").argument(site, 1);
  } else if (even || three) {
    writer.text(", 0");
  }
  if (three && truncates) writer.text(", 1");
  writer.text(")");
  if (cast) writer.text(" as ").type(site.type).text(")");
}

bool write_zero_guard(Writer& writer, const CallSite& site, std::size_t index) {
  if (is_nonzero_constant(site.argument(index))) return false;
  writer.text("case when ").argument(site, index, Level::concatenation).text(" = 0");
  if (site.argument(0).nullable) writer.text(" and ").argument(site, 0, Level::concatenation).text(" is not null");
  writer.text(" then ");
  write_failure(writer, "division by zero");
  writer.text(" else ");
  return true;
}

void write_divisor(Writer& writer, const CallSite& site, std::size_t index, Level least) {
  if (is_nonzero_constant(site.argument(index))) {
    writer.argument(site, index, least);
    return;
  }
  writer.text("(");
  write_zero_guard(writer, site, index);
  writer.argument(site, index).text(" end)");
}

void write_guarded_power(Writer& writer, const CallSite& site) {
  const auto whole = Writer::integer_of(site.argument(1));
  const ir::Literal* constant = Writer::literal_of(site.argument(1));
  const auto* number = constant == nullptr ? nullptr : std::get_if<double>(&constant->value);
  const bool safe =
      (whole && *whole >= 0) || (number != nullptr && *number >= 0 && *number == static_cast<double>(static_cast<int>(*number)));
  if (!safe) {
    writer.text("case when ").argument(site, 0, Level::concatenation).text(" = 0 and ").argument(site, 1, Level::concatenation);
    writer.text(" < 0 then ");
    write_failure(writer, "zero raised to a negative power is undefined");
    writer.text(" when ").argument(site, 0, Level::concatenation).text(" < 0 and ").argument(site, 1, Level::concatenation);
    writer.text(" <> floor(").argument(site, 1).text(") then ");
    write_failure(writer, "a negative number raised to a non-integer power yields a complex result");
    writer.text(" else ");
  }
  writer.text("power(").argument(site, 0).text(", ").argument(site, 1).text(safe ? ")" : ") end");
}

}  // namespace penstock::dialects
