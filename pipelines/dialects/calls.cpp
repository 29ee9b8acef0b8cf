#include "pipelines/dialects/calls.h"

#include <algorithm>
#include <array>

#include "pipelines/dialects/target.h"
#include "pipelines/dialects/usage.h"

namespace penstock::dialects {
namespace {

using F = ir::Function;

void write_joined(Writer& writer, const CallSite& site, std::string_view word, F same, std::size_t start, std::size_t end) {
  for (std::size_t i = start; i < end; ++i) {
    if (i > start) writer.text(word);
    const auto* inner = std::get_if<ir::Call>(&site.argument(i).node);
    const bool flat = inner != nullptr && inner->function == same;
    writer.argument(site, i, flat ? Level::disjunction : Level::negation, Writer::Form::predicate);
  }
}

std::string_view operator_text(F function) {
  switch (function) {
    case F::less:
      return " < ";
    case F::less_equal:
      return " <= ";
    case F::greater:
      return " > ";
    default:
      return " >= ";
  }
}

void write_ordered_text(Writer& writer, const CallSite& site, std::size_t index) {
  const std::string_view order = writer.target().facts().text_order;
  writer.argument(site, index, order.empty() ? Level::any : Level::primary);
  writer.text(order);
}

bool is_over_window(Writer& writer, const CallSite& site, std::string_view what) {
  if (site.window == nullptr) return false;
  writer.refuse(std::string(what) + " cannot be computed over a window", "compute it by group, and join it");
  return true;
}

bool joins_by_constant(Writer& writer, const CallSite& site) {
  if (is_constant(site.argument(1), site.env)) return true;
  writer.refuse("string_agg joins by a constant only", "append it to the text instead: string_agg(x || separator, '' order by ...)");
  return false;
}

void write_within_group(Writer& writer, const CallSite& site, std::string_view name, bool takes_constants) {
  if (!joins_by_constant(writer, site)) return;
  if (Writer::text_of(site.argument(1)) == nullptr) {
    writer.refuse("string_agg joins by a text only", "write the text itself, such as E'\\n' for chr(10)");
    return;
  }
  if (site.aggregate == nullptr) {
    writer.refuse("string_agg cannot be used over a window", "aggregate first, then join");
    return;
  }
  writer.application_start(name, site);
  writer.filtered(site, [&] { writer.argument(site, 0); });
  writer.text(", ").argument(site, 1);
  // Without the clause the order would be another each time; the text itself is as good an order as none.
  ir::AggregateCall bare = *site.aggregate;
  bare.order_by.clear();
  if (Writer::has_order(site.aggregate->order_by, site.env)) {
    writer.text(") within group (order by ");
    writer.order_keys(site.aggregate->order_by, site.env, false);
  } else if (takes_constants || !is_constant(site.argument(0), site.env)) {
    writer.text(") within group (order by ").argument(site, 0);
  }
  CallSite unordered = site;
  unordered.aggregate = &bare;
  writer.application_end(unordered);
}

}  // namespace

void write_conjunction(Writer& writer, const CallSite& site) {
  write_joined(writer, site, " and ", F::logical_and, 0, site.arguments.size());
}

void write_disjunction(Writer& writer, const CallSite& site) {
  write_joined(writer, site, " or ", F::logical_or, 0, site.arguments.size());
}

bool write_in_turn(Writer& writer, const CallSite& site) {
  const bool conjunction = site.function == F::logical_and;
  std::vector<std::size_t> starts{0};
  for (std::size_t i = 1; i < site.arguments.size(); ++i) {
    if (may_fail(site.argument(i), site.env)) starts.push_back(i);
  }
  if (starts.size() == 1) return false;
  const std::string_view word = conjunction ? " and " : " or ";
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
    const auto part = [&] { write_joined(writer, site, word, site.function, starts[i], starts[i + 1]); };
    writer.text(i > 0 ? "(" : "").text(conjunction ? "case when not (" : "case when ");
    part();
    writer.text(conjunction ? ") then false else " : " then true else ");
    part();
    writer.text(word);
  }
  write_joined(writer, site, word, site.function, starts.back(), site.arguments.size());
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) writer.text(i + 2 < starts.size() ? " end)" : " end");
  return true;
}

void write_ordered_comparison(Writer& writer, const CallSite& site) {
  const std::string_view order = writer.target().facts().text_order;
  const bool is_text = !order.empty() && site.argument(0).type.is_text();
  writer.argument(site, 0, is_text ? Level::primary : Level::concatenation);
  if (is_text) writer.text(order);
  writer.text(operator_text(site.function));
  writer.argument(site, 1, is_text ? Level::primary : Level::concatenation);
  const bool bare = Writer::literal_of(site.argument(1)) != nullptr || Writer::plain_slot(site.argument(1), site.env) != nullptr;
  // Two orders that differ would be an error, so whatever may carry one of its own gets this one.
  if (is_text && !bare) writer.text(order);
}

void write_extreme(Writer& writer, const CallSite& site) {
  const Facts& facts = writer.target().facts();
  const ir::Type& type = site.argument(0).type;
  if (site.function == F::any_value && (type.kind == ir::TypeKind::json || type.kind == ir::TypeKind::array)) {
    writer.refuse("any_value of " + ir::to_string(type) + " would differ from engine to engine",
                  "use the deduplicate component with an order");
    return;
  }
  if (site.function == F::any_value && type.kind == ir::TypeKind::boolean) {
    const Rule& rule = writer.target().rule(F::bool_and);
    if (rule.kind == Rule::Kind::text) return writer.fill(rule.text, site);
    if (rule.kind == Rule::Kind::code) return rule.code(writer, site);
  }
  const std::string_view name = site.function == F::maximum ? "max" : "min";
  if (site.function == F::any_value && type.kind == ir::TypeKind::uuid) {
    writer.text("cast(");
    writer.application(name, site, [&] {
      writer.text("cast(");
      writer.argument(site, 0);
      writer.text(" as ").type(ir::Type::of(ir::TypeKind::text)).text(")");
    });
    writer.text(" as ").type(type).text(")");
    return;
  }
  const bool ordered = type.is_text() && !facts.text_order.empty();
  writer.application(name, site, [&] {
    if (ordered) {
      write_ordered_text(writer, site, 0);
    } else {
      writer.argument(site, 0);
    }
  });
  if (ordered) writer.text(facts.text_order_end);
}

void write_greatest(Writer& writer, const CallSite& site) {
  const bool ordered = site.type.is_text() && !writer.target().facts().text_order.empty();
  writer.text(site.function == F::greatest ? "greatest(" : "least(");
  for (std::size_t i = 0; i < site.arguments.size(); ++i) {
    if (i > 0) writer.text(", ");
    if (ordered) {
      write_ordered_text(writer, site, i);
    } else {
      writer.argument(site, i);
    }
  }
  writer.text(")");
  if (ordered) writer.text(writer.target().facts().text_order_end);
}

void write_greatest_over_nulls(Writer& writer, const CallSite& site) {
  const auto nullable =
      std::count_if(site.arguments.begin(), site.arguments.end(), [](const auto& argument) { return argument->nullable; });
  const std::size_t count = site.arguments.size();
  if (count == 1) {
    writer.argument(site, 0, Level::primary);
    return;
  }
  const std::string_view name = site.function == F::greatest ? "greatest(" : "least(";
  // A NULL argument is replaced by another that is not; where all are NULL, so is the result.
  writer.text(name);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) writer.text(", ");
    const bool replace = nullable > 0 && site.argument(i).nullable;
    if (replace) writer.text("coalesce(");
    writer.argument(site, i);
    for (std::size_t j = 0; replace && j < count; ++j) {
      if (j == i) continue;
      writer.text(", ");
      writer.argument(site, j);
    }
    if (replace) writer.text(")");
  }
  writer.text(")");
}

void write_sum(Writer& writer, const CallSite& site) {
  const ir::Type& from = site.argument(0).type;
  const SumForm form = writer.target().facts().sum;
  const bool widen = from.kind == ir::TypeKind::float32 || (form.cast_argument && from.is_integer());
  const bool cast_result = form.cast_result && from.is_integer();
  if (cast_result) writer.text("cast(");
  writer.application("sum", site, [&] {
    if (widen) writer.text("cast(");
    writer.argument(site, 0);
    if (widen) writer.text(" as ").type(site.type).text(")");
  });
  if (cast_result) writer.text(" as ").type(site.type).text(")");
}

void write_count_distinct(Writer& writer, const CallSite& site) {
  if (is_over_window(writer, site, "the number of distinct values")) return;
  writer.text("count(distinct ");
  writer.filtered(site, [&] { writer.argument(site, 0); });
  writer.application_end(site);
}

void write_percentile(Writer& writer, const CallSite& site) {
  if (is_over_window(writer, site, "a percentile")) return;
  const bool median = site.function == F::median;
  writer.text("percentile_cont(");
  if (median) {
    writer.text("0.5");
  } else {
    writer.argument(site, 0);
  }
  writer.text(") within group (order by ");
  writer.filtered(site, [&] { writer.argument(site, median ? 0 : 1); });
  writer.application_end(site);
}

void write_of_any(Writer& writer, const CallSite& site) {
  constexpr std::array<std::uint8_t, 3> kPlaces{0, 1, 2};
  const auto is_bare = [&](const ir::ExpressionPtr& one) { return one->type.is_text() && is_constant(*one, site.env); };
  const std::string_view name = ir::spec(site.function).name;
  if (std::none_of(site.arguments.begin(), site.arguments.end(), is_bare)) {
    writer.application(name, site, std::span(kPlaces).first(site.arguments.size()));
    return;
  }
  writer.application(name, site, [&] {
    for (std::size_t i = 0; i < site.arguments.size(); ++i) {
      const bool bare = is_bare(site.arguments[i]);
      writer.text(i > 0 ? ", " : "").text(bare ? "cast(" : "").argument(site, i);
      if (bare) writer.text(" as ").type(site.argument(i).type).text(")");
    }
  });
}

void write_by_constant_offset(Writer& writer, const CallSite& site) {
  if (site.arguments.size() > 1) {
    const auto rows = ir::whole_constant(site.argument(1));
    if (!rows || *rows < (site.function == F::nth_value ? 1 : 0)) {
      writer.refuse("the number of rows must be a constant that is not negative",
                    "number the rows with row_number, and join by the number");
      return;
    }
  }
  write_of_any(writer, site);
}

void write_coalesce_of_several(Writer& writer, const CallSite& site) {
  if (site.arguments.size() == 1) {
    writer.argument(site, 0, Level::primary);
    return;
  }
  writer.text("coalesce(");
  for (std::size_t i = 0; i < site.arguments.size(); ++i) {
    if (i > 0) writer.text(", ");
    writer.argument(site, i);
  }
  writer.text(")");
}

void write_string_agg_by_constant(Writer& writer, const CallSite& site) {
  constexpr std::array<std::uint8_t, 2> kBoth{0, 1};
  if (joins_by_constant(writer, site)) writer.application("string_agg", site, kBoth);
}

void write_listagg(Writer& writer, const CallSite& site) { write_within_group(writer, site, "listagg", true); }

void write_string_agg_within_group(Writer& writer, const CallSite& site) { write_within_group(writer, site, "string_agg", false); }

void write_failure(Writer& writer, std::string_view message) { writer.text(writer.target().facts().failure).string(message).text(")"); }

}  // namespace penstock::dialects
