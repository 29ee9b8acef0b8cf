#include <algorithm>
#include <array>

#include "pipelines/dialects/databricks_calls.h"
#include "pipelines/dialects/target.h"

// Where 38 digits do not hold the result of decimals, Spark cuts its scale to as little as six digits without a word. So the operands are
// cast to what leaves the scale whole: a number that is too large then fails. Seen on Spark 4.2.0, 2026-11-30.

namespace penstock::dialects::databricks {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

constexpr int kDigits = ir::kMaxDecimalPrecision;

struct Digits {
  int whole;
  int scale;
};

Digits digits_of(const ir::Type& type) {
  switch (type.kind) {
    case K::decimal:
      return {type.precision - type.scale, type.scale};
    case K::int16:
      return {5, 0};
    case K::int32:
      return {10, 0};
    default:
      return {20, 0};
  }
}

using Print = std::function<void(Level)>;

Print argument_of(Writer& writer, const CallSite& site, std::size_t index) {
  return [&writer, &site, index](Level least) { writer.argument(site, index, least); };
}

void write_narrowed(Writer& writer, const Print& print, Digits from, int whole, Level least) {
  if (from.whole <= whole) return print(least);
  writer.text("cast(");
  print(Level::any);
  writer.text(" as ").type(ir::Type::decimal(std::max(whole, 1) + from.scale, from.scale)).text(")");
}

bool is_decimal(const CallSite& site) { return site.type.kind == K::decimal; }

std::string_view sign_of(F function) { return function == F::add ? " + " : " - "; }

// The quotient of Spark has the scale max(6, s1 + p2 + 1), and is cut to 38 - (p1 - s1 + s2) where 38 digits do not hold it. A dividend
// with so many whole digits that the latter is the wanted scale gives that, rounded once.
void write_quotient(Writer& writer, const ir::Type& wanted, const ir::Type& dividend, const Print& print_dividend, const ir::Type& divisor,
                    const Print& print_divisor) {
  const Digits above = digits_of(dividend);
  const Digits below = digits_of(divisor);
  const int whole = kDigits - wanted.scale - below.scale;
  // The divisor may have fewer digits than its type says (Spark's sum has): the dividend alone gives the scale.
  const int scale = std::max(above.scale, int{wanted.scale});
  constexpr int kFewestWhole = 12;
  if (whole < std::min(above.whole, kFewestWhole) || whole + scale > kDigits) {
    writer.refuse("a divisor with " + std::to_string(below.scale) + " fraction digits leaves no room for the quotient's " +
                      std::to_string(wanted.scale),
                  "give it fewer: a / cast(b as decimal(18, 6))");
    return;
  }
  writer.text("cast(");
  print_dividend(Level::any);
  writer.text(" as ").type(ir::Type::decimal(whole + scale, scale)).text(") / ");
  if (divisor.kind == K::decimal) return print_divisor(Level::sign);
  // A constant would be taken for a decimal of its own few digits.
  writer.text("cast(");
  print_divisor(Level::any);
  writer.text(" as ").type(ir::Type::decimal(below.whole, 0)).text(")");
}

std::string_view symbol_of(F function) {
  switch (function) {
    case F::equal:
      return " = ";
    case F::not_equal:
      return " <> ";
    case F::less:
      return " < ";
    case F::less_equal:
      return " <= ";
    case F::greater:
      return " > ";
    case F::greater_equal:
      return " >= ";
    case F::is_distinct_from:
      return " is distinct from ";
    case F::is_not_distinct_from:
      return " is not distinct from ";
    default:
      return ", ";
  }
}

}  // namespace

// Two decimals are compared as one type, and where 38 digits do not hold both it has fewer fraction digits.
void write_comparison(Writer& writer, const CallSite& site) {
  const ir::Type& left = site.argument(0).type;
  const ir::Type& right = site.argument(1).type;
  if (left.kind == K::json || right.kind == K::json) {
    // PostgreSQL compares documents whatever the order of their keys.
    writer.refuse("two VARIANTs cannot be compared", "compare their parts: x ->> 'key' = y ->> 'key'");
  }
  const bool is_function = site.function == F::null_if;
  const Level least = is_function ? Level::any : Level::concatenation;
  int whole = kDigits;
  if (left.is_exact_number() && right.is_exact_number()) {
    const int scale = std::max(digits_of(left).scale, digits_of(right).scale);
    if (std::max(digits_of(left).whole, digits_of(right).whole) + scale > kDigits) whole = kDigits - scale;
  }
  writer.text(is_function ? "nullif(" : "");
  const auto operand = [&](std::size_t index, const ir::Type& type) {
    if (whole == kDigits) {
      writer.argument(site, index, least);
    } else {
      write_narrowed(writer, argument_of(writer, site, index), digits_of(type), whole, least);
    }
  };
  operand(0, left);
  writer.text(symbol_of(site.function));
  operand(1, right);
  writer.text(is_function ? ")" : "");
}

void write_sum_of_two(Writer& writer, const CallSite& site) {
  if (!is_decimal(site)) {
    writer.argument(site, 0, Level::sum).text(sign_of(site.function)).argument(site, 1, Level::product);
    return;
  }
  const Digits left = digits_of(site.argument(0).type);
  const Digits right = digits_of(site.argument(1).type);
  const int scale = std::max(left.scale, right.scale);
  const bool fits = std::max(left.whole, right.whole) + scale + 1 <= kDigits || scale <= 6;
  const int whole = fits ? kDigits : kDigits - scale - 1;
  write_narrowed(writer, argument_of(writer, site, 0), left, whole, Level::sum);
  writer.text(sign_of(site.function));
  write_narrowed(writer, argument_of(writer, site, 1), right, whole, Level::product);
}

void write_product_of_two(Writer& writer, const CallSite& site) {
  if (!is_decimal(site)) {
    writer.argument(site, 0, Level::product).text(" * ").argument(site, 1, Level::sign);
    return;
  }
  Digits left = digits_of(site.argument(0).type);
  Digits right = digits_of(site.argument(1).type);
  const int scale = left.scale + right.scale;
  const int wanted = std::min(int{site.type.scale}, scale);
  // Spark keeps six fraction digits whatever comes, and more where the whole digits leave room for them.
  const int kept =
      left.whole + right.whole + 1 + scale <= kDigits ? scale : std::max(kDigits - left.whole - right.whole - 1, std::min(scale, 6));
  if (kept >= wanted) {
    writer.argument(site, 0, Level::product).text(" * ").argument(site, 1, Level::sign);
    return;
  }
  // What has many fraction digits is a quotient or a mean as a rule, and small.
  const int room = kDigits - wanted - 1;
  const bool left_is_fine = left.scale > right.scale;
  Digits& fine = left_is_fine ? left : right;
  Digits& coarse = left_is_fine ? right : left;
  const int for_fine = std::min(fine.whole, std::max(room / 3, room - coarse.whole));
  const int for_coarse = room - for_fine;
  write_narrowed(writer, argument_of(writer, site, 0), left, left_is_fine ? for_fine : for_coarse, Level::product);
  writer.text(" * ");
  write_narrowed(writer, argument_of(writer, site, 1), right, left_is_fine ? for_coarse : for_fine, Level::sign);
}

// div gives 64 bits whatever it divides.
void write_integer_division(Writer& writer, const CallSite& site) {
  const bool narrow = site.type.kind != K::int64;
  if (narrow) writer.text("cast(");
  writer.argument(site, 0, Level::product).text(" div ").argument(site, 1, Level::sign);
  if (narrow) writer.text(" as ").type(site.type).text(")");
}

void write_decimal_division(Writer& writer, const CallSite& site) {
  write_quotient(writer, site.type, site.argument(0).type, argument_of(writer, site, 0), site.argument(1).type,
                 argument_of(writer, site, 1));
}

void write_sum_over(Writer& writer, const CallSite& site) {
  const bool widen = site.argument(0).type.kind == K::int64 && is_decimal(site);
  writer.application("sum", site, [&] {
    if (widen) writer.text("cast(");
    writer.argument(site, 0);
    if (widen) writer.text(" as ").type(site.type).text(")");
  });
}

void write_average(Writer& writer, const CallSite& site) {
  const std::array<std::uint8_t, 1> first{0};
  if (!is_decimal(site)) {
    writer.text("cast(");
    writer.application("sum", site, first);
    writer.text(" as double) / ");
    writer.application("count", site, first);
    return;
  }
  const ir::Type& type = site.argument(0).type;
  const ir::Type sum = ir::Type::decimal(kDigits, type.kind == K::decimal ? int{type.scale} : 0);
  const ir::Type count = ir::Type::decimal(20, 0);
  const auto print_sum = [&](Level) {
    const CallSite of_sum{F::sum, site.arguments, sum, site.nullable, site.env, site.aggregate, site.window};
    write_sum_over(writer, of_sum);
  };
  const auto print_count = [&](Level) {
    writer.text("cast(");
    writer.application("count", site, first);
    writer.text(" as ").type(count).text(")");
  };
  write_quotient(writer, site.type, sum, print_sum, count, print_count);
}

void write_whole_float(Writer& writer, std::string_view name, const std::function<void()>& print) {
  // A float this large is whole; as 64 bits it might not fit.
  writer.text("case when abs(");
  print();
  writer.text(") < 4503599627370496D then cast(").text(name);
  print();
  writer.text(name.starts_with("cast(") ? " as bigint)" : ")").text(" as double) else ");
  print();
  writer.text(" end");
}

void write_rounded(Writer& writer, const CallSite& site) {
  const ir::Type& type = site.argument(0).type;
  const bool has_digits = site.arguments.size() > 1;
  if (!has_constant_digits(writer, site)) return;
  if (type.is_integer() && !has_digits) {
    writer.argument(site, 0, Level::primary);
    return;
  }
  if (type.is_float()) {
    if (has_digits) {
      writer.refuse("a float cannot be rounded to digits, as they are not what it holds",
                    "cast it first: round(cast(x as decimal(18,6)), 2)");
      return;
    }
    const auto print = [&] { writer.argument(site, 0); };
    if (site.function == F::round) {
      writer.text("bround(").argument(site, 0).text(", 0)");
    } else {
      write_whole_float(writer, site.function == F::ceiling ? "ceil(" : site.function == F::floor ? "floor(" : "cast(", print);
    }
    return;
  }
  const auto print = [&](std::string_view name) {
    writer.text(name).argument(site, 0);
    if (has_digits) {
      writer.text(", ").argument(site, 1);
    } else if (site.function == F::round || site.function == F::truncate) {
      writer.text(", 0");
    }
    writer.text(")");
  };
  const bool cast = !site.type.is_unknown();
  if (cast) writer.text("cast(");
  if (site.function == F::truncate) {
    writer.text("case when ").argument(site, 0, Level::concatenation).text(" < 0 then ");
    print("ceil(");
    writer.text(" else ");
    print("floor(");
    writer.text(" end");
  } else {
    print(site.function == F::ceiling ? "ceil(" : site.function == F::floor ? "floor(" : "round(");
  }
  if (cast) writer.text(" as ").type(site.type).text(")");
}

void write_neighbour(Writer& writer, const CallSite& site) {
  const auto rows = site.arguments.size() > 1 ? ir::whole_constant(site.argument(1)) : std::optional<std::int64_t>(1);
  if (!rows || *rows < 0 || site.arguments.size() < 2) return write_by_constant_offset(writer, site);
  writer.application(site.function == F::lag ? "lag" : "lead", site, [&] {
    writer.argument(site, 0).text(", ").number(*rows);
    if (site.arguments.size() > 2) writer.text(", ").argument(site, 2);
  });
}

void write_ntile(Writer& writer, const CallSite& site) {
  const auto parts = ir::whole_constant(site.argument(0));
  if (!parts || *parts < 1) {
    writer.refuse("ntile takes a constant number of parts", "number the rows with row_number, and divide by their count");
    return;
  }
  writer.application("ntile", site, [&] { writer.number(*parts); });
}

void write_count(Writer& writer, const CallSite& site) {
  const bool compares = site.function == F::approx_count_distinct || (site.aggregate != nullptr && site.aggregate->distinct);
  if (compares && site.argument(0).type.kind == K::json) {
    writer.refuse("two VARIANTs cannot be compared", "count the different texts of a part: x ->> 'key'");
  }
  const std::array<std::uint8_t, 1> first{0};
  writer.application(site.function == F::count ? "count" : "approx_count_distinct", site, first);
}

void write_greatest_of_several(Writer& writer, const CallSite& site) {
  if (site.arguments.size() > 1) return write_greatest(writer, site);
  writer.argument(site, 0, Level::primary);
}

void write_digits_of_float(Writer& writer, const ir::Type& type, const std::function<void()>& print) {
  writer.text(type.kind == K::float32 ? "format_string('%.6g', " : "format_string('%.15g', ");
  print();
  writer.text(")");
}

}  // namespace penstock::dialects::databricks
