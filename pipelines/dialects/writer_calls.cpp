#include <algorithm>

#include "pipelines/dialects/target.h"
#include "pipelines/dialects/usage.h"
#include "pipelines/dialects/writer.h"

// Aggregates and window functions, and the keys of their order.

namespace penstock::dialects {
namespace {

const ir::ExpressionPtr& filter_of(const CallSite& site) {
  static const ir::ExpressionPtr kNone;
  if (site.aggregate != nullptr) return site.aggregate->filter;
  return site.window != nullptr ? site.window->filter : kNone;
}

bool has_filter_clause(const Facts& facts, const CallSite& site) {
  return site.window != nullptr ? facts.window_filter_clause : facts.filter_clause;
}

// What the filter keeps from failing must not be computed before it.
bool fails_before_filter(const Facts& facts, const CallSite& site) {
  const auto& filter = filter_of(site);
  if (filter == nullptr || !facts.filters_late) return false;
  return may_fail(*filter, site.env) || std::any_of(site.arguments.begin(), site.arguments.end(),
                                                    [&](const auto& argument) { return may_fail(*argument, site.env); });
}

// An array holds the NULLs of the rows that are left out, so there the clause stays, too.
bool filters_by_case(const Facts& facts, const CallSite& site) {
  return filter_of(site) != nullptr && (!has_filter_clause(facts, site) || fails_before_filter(facts, site));
}

bool filters_by_clause(const Facts& facts, const CallSite& site) {
  return filter_of(site) != nullptr && has_filter_clause(facts, site) &&
         (site.function == ir::Function::array_agg || !fails_before_filter(facts, site));
}

std::string_view bound_text(ir::WindowFrame::Bound bound) {
  using Bound = ir::WindowFrame::Bound;
  switch (bound) {
    case Bound::unbounded_preceding:
      return "unbounded preceding";
    case Bound::preceding:
      return " preceding";
    case Bound::current_row:
      return "current row";
    case Bound::following:
      return " following";
    case Bound::unbounded_following:
      return "unbounded following";
  }
  return "";
}

bool has_offset(ir::WindowFrame::Bound bound) {
  return bound == ir::WindowFrame::Bound::preceding || bound == ir::WindowFrame::Bound::following;
}

// Without an order every row is the peer of every other: a range of values is all of them.
bool is_whole_partition(const ir::WindowFrame& frame) {
  using Bound = ir::WindowFrame::Bound;
  const bool starts_here = frame.start != Bound::following && frame.start != Bound::unbounded_following;
  const bool ends_here = frame.end != Bound::preceding && frame.end != Bound::unbounded_preceding;
  return frame.unit == ir::WindowFrame::Unit::range && starts_here && ends_here;
}

}  // namespace

void Writer::filtered(const CallSite& site, const std::function<void()>& print_argument) {
  const auto& filter = filter_of(site);
  if (!filters_by_case(target_.facts(), site)) return print_argument();
  text("case when ");
  expression(*filter, site.env, Level::any, Form::predicate);
  text(" then ");
  print_argument();
  text(" end");
}

void Writer::application_start(std::string_view name, const CallSite& site) {
  text(name);
  out_ += '(';
  if (site.aggregate != nullptr && site.aggregate->distinct) text("distinct ");
}

void Writer::application(std::string_view name, const CallSite& site, const std::function<void()>& print_argument) {
  application_start(name, site);
  filtered(site, print_argument);
  application_end(site);
}

void Writer::application(std::string_view name, const CallSite& site, std::span<const std::uint8_t> arguments, bool rows) {
  application_start(name, site);
  const bool emulates = filters_by_case(target_.facts(), site);
  if (rows) {
    if (emulates) {
      filtered(site, [&] { out_ += '1'; });
    } else {
      out_ += '*';
    }
  }
  // PostgreSQL wants the argument of DISTINCT and the sort key to be the same expression, order of code points and all.
  const bool orders_distinct = site.aggregate != nullptr && site.aggregate->distinct && has_order(site.aggregate->order_by, site.env) &&
                               !target_.facts().text_order.empty() && site.argument(0).type.is_text();
  bool first = true;
  for (const std::uint8_t index : arguments) {
    if (!first) text(", ");
    const auto print = [&] {
      argument(site, index, orders_distinct && index == 0 ? Level::primary : Level::any);
      if (orders_distinct && index == 0) text(target_.facts().text_order);
    };
    if (first) {
      filtered(site, print);
    } else {
      print();
    }
    first = false;
  }
  application_end(site);
}

void Writer::application_end(const CallSite& site) {
  const Facts& facts = target_.facts();
  const bool ignores = site.window != nullptr && site.window->ignore_nulls;
  if (ignores && !facts.ignore_nulls) {
    refuse(std::string(ir::spec(site.function).name) + " cannot ignore nulls",
           "use the fill component, or max over groups of count(x) over");
  }
  if (ignores && facts.ignore_nulls_inside) text(" ignore nulls");
  if (site.aggregate != nullptr && has_order(site.aggregate->order_by, site.env)) {
    text(" order by ");
    order_keys(site.aggregate->order_by, site.env, false);
  }
  out_ += ')';
  if (filters_by_clause(facts, site)) {
    const bool in_turn = facts.filters_late && may_fail(*filter_of(site), site.env);
    text(in_turn ? " filter (where case when " : " filter (where ");
    expression(*filter_of(site), site.env, Level::any, Form::predicate);
    text(in_turn ? " then true end)" : ")");
  }
  if (ignores && !facts.ignore_nulls_inside) text(" ignore nulls");
  if (site.window != nullptr) window(*site.window, site.env);
}

void Writer::window(const ir::WindowCall& call, const Env& env) {
  text(" over (");
  std::string_view between = "";
  bool first = true;
  for (const auto& key : call.partition_by) {
    if (is_constant(*key, env)) continue;
    text(first ? "partition by " : ", ");
    first = false;
    expression(*key, env);
    if (target_.facts().text_ignores_blanks && key->type.is_text() && !is_trimmed(*key, env)) {
      text(", len(");
      expression(*key, env, Level::concatenation);
      text(" + N'|')");
    }
    between = " ";
  }
  const bool ordered = has_order(call.order_by, env);
  const bool framed = call.frame && !(is_whole_partition(*call.frame) && !ordered);
  if (ordered) {
    text(between).text("order by ");
    order_keys(call.order_by, env, false);
    between = " ";
  } else if (!target_.facts().window_any_order.empty() && (framed || ir::spec(call.function).function_class == ir::FunctionClass::window)) {
    text(between).text("order by ").text(target_.facts().window_any_order);
    between = " ";
  }
  if (framed) {
    text(between);
    frame(*call.frame, call, ordered);
  }
  out_ += ')';
}

void Writer::frame(const ir::WindowFrame& frame, const ir::WindowCall& call, bool ordered) {
  const bool offsets = has_offset(frame.start) || has_offset(frame.end);
  if (frame.unit == ir::WindowFrame::Unit::range && offsets) {
    const bool number = ordered && call.order_by.size() == 1 && call.order_by[0].expression->type.is_number();
    if (!target_.facts().range_offsets || !number) {
      refuse("a frame of range n preceding is not to be had here", "use a rows frame over an order that is unique");
    }
  }
  text(frame.unit == ir::WindowFrame::Unit::rows ? "rows between " : "range between ");
  if (has_offset(frame.start)) number(frame.start_offset);
  text(bound_text(frame.start)).text(" and ");
  if (has_offset(frame.end)) number(frame.end_offset);
  text(bound_text(frame.end));
}

bool Writer::has_order(std::span<const ir::SortKey> keys, const Env& env) {
  return std::any_of(keys.begin(), keys.end(), [&](const ir::SortKey& key) { return !is_constant(*key.expression, env); });
}

void Writer::order_keys(std::span<const ir::SortKey> keys, const Env& env, bool in_query) {
  bool first = true;
  for (const ir::SortKey& key : keys) {
    if (is_constant(*key.expression, env)) continue;
    if (!first) text(", ");
    first = false;
    sort_key(key, env, in_query);
  }
}

void Writer::sort_key(const ir::SortKey& key, const Env& env, bool in_query) {
  const Facts& facts = target_.facts();
  const bool clause = facts.nulls_clause && (in_query || facts.nulls_clause_in_windows);
  const bool first_by_itself = facts.nulls_are_least != key.descending;
  if (key.expression->nullable && !clause && key.nulls_first != first_by_itself) {
    text("case when ");
    expression(*key.expression, env, Level::concatenation);
    text(key.nulls_first ? " is null then 0 else 1 end, " : " is null then 1 else 0 end, ");
  }
  const bool is_text = key.expression->type.is_text() && !facts.text_order.empty();
  expression(*key.expression, env, is_text ? Level::primary : Level::any);
  if (is_text) text(facts.text_order);
  if (key.descending) text(" desc");
  if (key.expression->type.is_text() && facts.text_ignores_blanks && !is_trimmed(*key.expression, env)) {
    // Equal but for blanks at the end: the longer text comes later.
    text(", len(");
    expression(*key.expression, env, Level::concatenation);
    text(key.descending ? " + N'|') desc" : " + N'|')");
  }
  if (key.expression->nullable && clause) text(key.nulls_first ? " nulls first" : " nulls last");
}

}  // namespace penstock::dialects
