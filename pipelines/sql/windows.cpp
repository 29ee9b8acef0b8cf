#include <algorithm>
#include <utility>

#include "pipelines/base/suggest.h"
#include "pipelines/sql/resolver.h"

namespace penstock::sql {
namespace {

using ir::Function;
using ir::WindowFrame;

// The bits of PostgreSQL's frameOptions (nodes/parsenodes.h, 15).
constexpr std::int64_t kNonDefault = 0x1;
constexpr std::int64_t kRange = 0x2;
constexpr std::int64_t kGroups = 0x8;
constexpr std::int64_t kStartUnboundedPreceding = 0x20;
constexpr std::int64_t kEndUnboundedPreceding = 0x40;
constexpr std::int64_t kStartUnboundedFollowing = 0x80;
constexpr std::int64_t kEndUnboundedFollowing = 0x100;
constexpr std::int64_t kStartCurrentRow = 0x200;
constexpr std::int64_t kEndCurrentRow = 0x400;
constexpr std::int64_t kStartOffsetPreceding = 0x800;
constexpr std::int64_t kEndOffsetPreceding = 0x1000;
constexpr std::int64_t kStartOffsetFollowing = 0x2000;
constexpr std::int64_t kExclusions = 0x8000 | 0x10000 | 0x20000;

bool looks_at_frame(Function function) {
  return ir::spec(function).function_class == ir::FunctionClass::aggregate || function == Function::first_value ||
         function == Function::last_value || function == Function::nth_value;
}

bool needs_order(Function function) {
  switch (function) {
    case Function::rank:
    case Function::dense_rank:
    case Function::percent_rank:
    case Function::cume_dist:
    case Function::lag:
    case Function::lead:
    case Function::ntile:
    case Function::first_value:
    case Function::last_value:
    case Function::nth_value:
    case Function::row_number:
      return true;
    default:
      return false;
  }
}

WindowFrame::Bound start_of(std::int64_t options) {
  if ((options & kStartUnboundedPreceding) != 0) return WindowFrame::Bound::unbounded_preceding;
  if ((options & kStartOffsetPreceding) != 0) return WindowFrame::Bound::preceding;
  if ((options & kStartCurrentRow) != 0) return WindowFrame::Bound::current_row;
  return (options & kStartOffsetFollowing) != 0 ? WindowFrame::Bound::following : WindowFrame::Bound::unbounded_following;
}

WindowFrame::Bound end_of(std::int64_t options) {
  if ((options & kEndUnboundedFollowing) != 0) return WindowFrame::Bound::unbounded_following;
  if ((options & kEndCurrentRow) != 0) return WindowFrame::Bound::current_row;
  if ((options & kEndOffsetPreceding) != 0) return WindowFrame::Bound::preceding;
  return (options & kEndUnboundedPreceding) != 0 ? WindowFrame::Bound::unbounded_preceding : WindowFrame::Bound::following;
}

bool has_offset(WindowFrame::Bound bound) { return bound == WindowFrame::Bound::preceding || bound == WindowFrame::Bound::following; }

}  // namespace

std::optional<Part> Resolver::named_window(std::string_view name, const Frame& frame, std::size_t place) {
  std::vector<std::string> names;
  for (const Part wrapped : frame.named_windows) {
    const Part definition = wrapped["WindowDef"];
    if (definition.text("name") == name) return definition;
    names.emplace_back(definition.text("name"));
  }
  reporter_.error(place, Code::unknown_table, "there is no window \"" + std::string(name) + "\"", did_you_mean(name, names),
                  "define it: window " + std::string(name) + " as (partition by ... order by ...)");
  return std::nullopt;
}

bool Resolver::window_definition(Part over, const Frame& frame, ir::WindowCall& call) {
  // OVER w, OVER (w ...) and a window that builds on another one.
  Part definition = over;
  for (int steps = 0; steps < 64; ++steps) {
    const bool whole = definition["name"] && definition["partitionClause"].is_empty() && definition["orderClause"].is_empty() &&
                       definition["refname"].value().empty() && steps == 0;
    const std::string_view base = whole ? definition.text("name") : definition.text("refname");
    for (const Part part : definition["partitionClause"]) {
      Operand operand = expression(part, frame);
      if (!operand) return false;
      call.partition_by.push_back(settled(std::move(operand.expression)));
    }
    if (call.order_by.empty()) {
      auto keys = sort_keys(definition["orderClause"], frame);
      if (!keys) return false;
      call.order_by = std::move(*keys);
    }
    if (base.empty()) return true;
    const auto next = named_window(base, frame, over.location());
    if (!next) return false;
    definition = *next;
  }
  reporter_.error(over.location(), Code::sql_syntax, "the windows of this WINDOW clause name each other in a circle");
  return false;
}

bool Resolver::window_frame(Part definition, ir::WindowCall& call, std::size_t place) {
  const std::int64_t options = definition.number("frameOptions");
  WindowFrame frame;
  if ((options & kNonDefault) == 0) {
    if (call.order_by.empty()) {
      frame.unit = WindowFrame::Unit::rows;
      frame.end = WindowFrame::Bound::unbounded_following;
    }
    call.frame = frame;
    return true;
  }
  if ((options & (kGroups | kExclusions)) != 0) {
    reporter_.unsupported(place, (options & kGroups) != 0 ? "GROUPS frames are not portable" : "EXCLUDE in a frame is not portable",
                          "use ROWS");
    return false;
  }
  frame.unit = (options & kRange) != 0 ? WindowFrame::Unit::range : WindowFrame::Unit::rows;
  frame.start = start_of(options);
  frame.end = end_of(options);
  if (frame.unit == WindowFrame::Unit::range && (has_offset(frame.start) || has_offset(frame.end))) {
    reporter_.unsupported(place, "RANGE with an offset is not portable", "use ROWS over one row for each value, such as a calendar table");
    return false;
  }
  const auto offset = [this](Part part) { return part["A_Const"]["ival"] ? whole_number(part["A_Const"]) : -1; };
  if (has_offset(frame.start)) frame.start_offset = offset(definition["startOffset"]);
  if (has_offset(frame.end)) frame.end_offset = offset(definition["endOffset"]);
  if (frame.start_offset < 0 || frame.end_offset < 0) {
    reporter_.unsupported(place, "the offset of a frame must be a whole number, written as a constant");
    return false;
  }
  call.frame = frame;
  return true;
}

Operand Resolver::window_call(const ir::Resolution& resolution, std::vector<Operand> operands, Part part, const Frame& frame) {
  const std::size_t place = part.location();
  const std::string name(ir::spec(resolution.function).name);
  if (ir::spec(resolution.function).function_class == ir::FunctionClass::scalar) {
    reporter_.error(place, Code::misplaced_aggregate, name + " is neither an aggregate nor a window function: it cannot have OVER");
    return {};
  }
  if (!frame.windows || !frame.calls) {
    reporter_.error(place, Code::misplaced_aggregate,
                    "the window function " + name + "() cannot stand in " + std::string(frame.inside.empty() ? frame.clause : frame.inside),
                    {},
                    "compute it in a subquery and use its column: select ... from (select ..., " + name +
                        "() over (...) as x from t) as t where x = 1");
    return {};
  }
  if (part.flag("agg_distinct") || part["agg_order"]) {
    reporter_.unsupported(place, "DISTINCT and ORDER BY inside a window function are not portable");
    return {};
  }
  ir::WindowCall call;
  call.function = resolution.function;
  call.type = resolution.result;
  call.nullable = !resolution.never_null;
  call.place = reporter_.mark(place);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    call.arguments.push_back(coerced(std::move(operands[i].expression), resolution.argument_types[i], operands[i].place));
    if (!call.arguments.back()) return {};
  }
  // Aggregates may stand inside windows; windows may not.
  Frame over_frame = frame;
  over_frame.windows = false;
  over_frame.inside = "a window function";
  const Part over = part["over"];
  if (part["agg_filter"]) {
    call.filter = condition(part["agg_filter"], over_frame, "FILTER");
    if (!call.filter) return {};
  }
  if (!window_definition(over, over_frame, call)) return {};
  if (needs_order(call.function) && call.order_by.empty() && call.function != Function::row_number) {
    reporter_.error(place, Code::nondeterministic_order, name + "() needs an ORDER BY in its window", {},
                    "write " + name + "(...) over (order by ...)");
    return {};
  }
  if (looks_at_frame(call.function)) {
    const Part definition = over["name"] ? named_window(over.text("name"), over_frame, over.location()).value_or(over) : over;
    if (!window_frame(definition, call, over.location())) return {};
  }
  return {frame.calls->add(std::move(call), place), place};
}

}  // namespace penstock::sql
