#include <algorithm>
#include <array>

#include "pipelines/dialects/snowflake_calls.h"
#include "pipelines/dialects/target.h"

// docs.snowflake.com, Arithmetic operators, read 2026-11-30: a product has the scale min(s1 + s2, max(s1, s2, 12)), a quotient
// max(s1, min(s1 + 6, 12)) and is rounded to it.

namespace penstock::dialects::snowflake {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

constexpr int kFreeScale = 12;

int scale_of(const ir::Type& type) { return type.kind == K::decimal ? int{type.scale} : 0; }

// A window's BOOLAND_AGG takes no order.
void write_bool(Writer& writer, const CallSite& site, std::string_view aggregate, std::string_view extreme) {
  const std::array<std::uint8_t, 1> first{0};
  if (site.window == nullptr) return writer.application(aggregate, site, first);
  writer.text("cast(");
  writer.application(extreme, site, [&] { writer.text("cast(").argument(site, 0).text(" as number(1, 0))"); });
  writer.text(" as boolean)");
}

}  // namespace

void write_greatest(Writer& writer, const CallSite& site) {
  if (site.arguments.size() == 1) {
    writer.argument(site, 0, Level::primary);
    return;
  }
  writer.text(site.function == F::greatest ? "greatest_ignore_nulls(" : "least_ignore_nulls(");
  for (std::size_t i = 0; i < site.arguments.size(); ++i) {
    writer.text(i > 0 ? ", " : "").argument(site, i);
  }
  writer.text(")");
}

void write_product_of_scale(Writer& writer, const CallSite& site) {
  const int left = scale_of(site.argument(0).type);
  const int right = scale_of(site.argument(1).type);
  const int wanted = scale_of(site.type);
  const bool widen = wanted > std::min(left + right, std::max({left, right, kFreeScale}));
  if (!widen) {
    writer.argument(site, 0, Level::product).text(" * ").argument(site, 1, Level::sign);
    return;
  }
  const std::size_t wide = left >= right ? 0 : 1;
  const auto factor = [&](std::size_t index, Level least) {
    if (index != wide) {
      writer.argument(site, index, least);
      return;
    }
    writer.text("cast(").argument(site, index).text(" as ").type(ir::Type::decimal(ir::kMaxDecimalPrecision, wanted)).text(")");
  };
  factor(0, Level::product);
  writer.text(" * ");
  factor(1, Level::sign);
}

// The quotient is rounded before it could be cut, so what is divided leaves no rest.
void write_integer_division(Writer& writer, const CallSite& site) {
  writer.text("cast((").argument(site, 0, Level::sum).text(" - mod(").argument(site, 0).text(", ").argument(site, 1);
  writer.text(")) / ").argument(site, 1, Level::sign).text(" as ").type(site.type).text(")");
}

void write_decimal_division(Writer& writer, const CallSite& site) {
  const ir::Type& dividend = site.argument(0).type;
  if (scale_of(dividend) == site.type.scale) {
    writer.argument(site, 0, Level::product);
  } else {
    writer.text("cast(").argument(site, 0).text(" as ").type(ir::Type::decimal(ir::kMaxDecimalPrecision, site.type.scale)).text(")");
  }
  writer.text(" / ").argument(site, 1, Level::sign);
}

void write_average(Writer& writer, const CallSite& site) {
  const ir::Type to = site.type.kind == K::decimal ? site.type : ir::Type::of(K::float64);
  const std::array<std::uint8_t, 1> first{0};
  writer.text("cast(");
  writer.application("sum", site, first);
  writer.text(" as ").type(to).text(") / nullif(");
  writer.application("count", site, first);
  writer.text(", 0)");
}

void write_bool_and(Writer& writer, const CallSite& site) { write_bool(writer, site, "booland_agg", "min"); }
void write_bool_or(Writer& writer, const CallSite& site) { write_bool(writer, site, "boolor_agg", "max"); }

}  // namespace penstock::dialects::snowflake
