#include <algorithm>
#include <map>
#include <optional>

#include "pipelines/ir/function.h"
#include "pipelines/ir/signature.h"
#include "tests/golden/cases.h"

namespace penstock::golden {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

ir::Type of(K kind) { return ir::Type::of(kind); }

// The column that stands for a type in the calls; a second one of the same type where there is one.
std::string column_for(const ir::Type& type, int place) {
  switch (type.kind) {
    case K::boolean:
      return place % 2 == 0 ? "flag" : "other_flag";
    case K::int16:
      return "small";
    case K::int32:
      return place % 2 == 0 ? "number" : "other_number";
    case K::int64:
      return "big";
    case K::decimal:
      return place % 2 == 0 ? "price" : "rate";
    case K::float32:
      return "single";
    case K::float64:
      return place % 2 == 0 ? "ratio" : "other_ratio";
    case K::date:
      return place % 2 == 0 ? "day" : "other_day";
    case K::time:
      return "clock";
    case K::timestamp:
      return place % 2 == 0 ? "moment" : "other_moment";
    case K::timestamptz:
      return place % 2 == 0 ? "instant" : "other_instant";
    case K::json:
      return "document";
    default:
      return place == 0 ? "name" : "other_name";
  }
}

// Constants, where a function wants them.
const std::map<std::pair<F, int>, ir::ExpressionPtr>& constants() {
  static const std::map<std::pair<F, int>, ir::ExpressionPtr> kConstants = [] {
    std::map<std::pair<F, int>, ir::ExpressionPtr> all;
    for (const F like : {F::like, F::not_like, F::ilike, F::not_ilike}) {
      all[{like, 1}] = ir::text("50\\%\\_of [a]_\\\\%");
      all[{like, 2}] = ir::text("\\");
    }
    all[{F::trim, 1}] = ir::text(" ");
    all[{F::left_trim, 1}] = ir::text(" ");
    all[{F::right_trim, 1}] = ir::text(" ");
    all[{F::left_pad, 2}] = ir::text("0");
    all[{F::right_pad, 2}] = ir::text("0");
    all[{F::split_part, 1}] = ir::text(",");
    all[{F::split_part, 2}] = ir::integer(2);
    all[{F::regexp_like, 1}] = ir::text("^[A-Z]{2}\\d+$");
    all[{F::regexp_replace, 1}] = ir::text("(\\d+)-(\\d+)");
    all[{F::regexp_replace, 2}] = ir::text("\\2-\\1");
    all[{F::regexp_replace, 3}] = ir::text("g");
    all[{F::regexp_substring, 1}] = ir::text("(a)[0-9]+");
    all[{F::date_trunc, 0}] = ir::text("month");
    all[{F::add_interval, 1}] = ir::literal(ir::IntervalValue{14, 3, 5500000}, of(K::interval));
    all[{F::at_time_zone, 1}] = ir::text("UTC");
    all[{F::string_agg, 1}] = ir::text(", ");
    all[{F::percentile_cont, 0}] = ir::literal(0.25, of(K::float64));
    all[{F::ntile, 0}] = ir::integer(4);
    all[{F::nth_value, 1}] = ir::integer(2);
    all[{F::lag, 1}] = ir::integer(2);
    all[{F::lead, 1}] = ir::integer(2);
    all[{F::json_text_at, 1}] = ir::text("a");
    all[{F::json_text_at, 2}] = ir::text("0");
    all[{F::to_char_date, 1}] = ir::text("YYYY-MM-DD HH24:MI:SS.US");
    return all;
  }();
  return kConstants;
}

ir::Type type_for(F function, const ir::Parameter& parameter, int variant) {
  switch (parameter.kind) {
    case ir::Parameter::Kind::type:
      return parameter.type;
    case ir::Parameter::Kind::any:
    case ir::Parameter::Kind::one:
      if (variant == 0) return of(function == F::logical_and ? K::boolean : K::text);
      return variant == 1 ? of(K::int32) : variant == 2 ? of(K::timestamp) : of(K::boolean);
    case ir::Parameter::Kind::string:
      return of(K::text);
    case ir::Parameter::Kind::number:
      return variant == 0 ? of(K::int32) : variant == 1 ? ir::Type::decimal(12, 2) : variant == 2 ? of(K::float64) : of(K::int64);
    case ir::Parameter::Kind::integer:
    case ir::Parameter::Kind::offset:
      return variant % 2 == 0 ? of(K::int32) : of(K::int64);
    case ir::Parameter::Kind::decimal:
      return ir::Type::decimal(12, 2);
  }
  return of(K::text);
}

std::vector<ir::ExpressionPtr> arguments_for(F function, const ir::Signature& signature, std::size_t count, int variant) {
  std::vector<ir::ExpressionPtr> arguments;
  for (std::size_t i = 0; i < count; ++i) {
    const auto constant = constants().find({function, static_cast<int>(i)});
    const ir::Parameter& parameter = signature.parameter(i);
    if (constant != constants().end()) {
      arguments.push_back(constant->second);
    } else {
      arguments.push_back(wide(column_for(type_for(function, parameter, variant), static_cast<int>(i))));
    }
  }
  return arguments;
}

bool varies(const ir::Signature& signature) {
  for (const auto& parameter : signature.parameters) {
    if (parameter.kind != ir::Parameter::Kind::type && parameter.kind != ir::Parameter::Kind::string) return true;
  }
  return false;
}

struct Built {
  std::vector<ir::ExpressionPtr> arguments;
  ir::Resolution resolution;
};

// Every signature with its fewest and its most arguments, and with several types where it takes any.
std::vector<Built> calls_of(F function) {
  std::vector<Built> all;
  std::vector<std::string> seen;
  for (const ir::Signature& signature : ir::signatures(function)) {
    const std::size_t most = signature.variadic ? signature.parameters.size() + 1 : signature.parameters.size();
    for (const std::size_t count : {std::max<std::size_t>(signature.fewest, signature.variadic ? most : 0), most}) {
      for (int variant = 0; variant < (varies(signature) ? 4 : 1); ++variant) {
        Built built{arguments_for(function, signature, count, variant), {}};
        std::vector<ir::Type> types;
        std::string key;
        for (const auto& argument : built.arguments) {
          types.push_back(argument->type);
          key += ir::to_string(argument->type) + ",";
        }
        auto resolution = ir::resolve(function, types);
        if (!resolution || std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
        seen.push_back(key);
        built.resolution = *resolution;
        for (std::size_t i = 0; i < built.arguments.size(); ++i) {
          const ir::Type& wanted = built.resolution.argument_types[i];
          if (!wanted.is_unknown()) built.arguments[i] = ir::cast(built.arguments[i], wanted);
        }
        all.push_back(std::move(built));
      }
    }
  }
  return all;
}

Identifier name_of(std::size_t index) { return Identifier::exact("value_" + std::to_string(index + 1)); }

ir::SortKey by(std::string_view column, bool descending = false) { return {wide(column), descending, descending}; }

ir::RelationPtr scalar_query(F function) {
  std::vector<ir::NamedExpression> columns;
  for (const Built& one : calls_of(function)) columns.push_back({name_of(columns.size()), ir::call(function, one.arguments)});
  return ir::project(wide_table(), std::move(columns));
}

ir::AggregateCall aggregate_of(F function, const Built& one) {
  ir::AggregateCall call;
  call.function = function;
  call.arguments = one.arguments;
  call.type = one.resolution.result;
  call.nullable = !one.resolution.never_null;
  if (function == F::string_agg || function == F::array_agg) call.order_by = {by("id", true), by("name")};
  return call;
}

ir::RelationPtr aggregate_query(F function, bool filtered) {
  std::vector<ir::Aggregate::NamedCall> calls;
  for (const Built& one : calls_of(function)) {
    ir::AggregateCall call = aggregate_of(function, one);
    if (filtered) call.filter = ir::call(F::greater, {wide("number"), ir::integer(0)});
    calls.push_back({name_of(calls.size()), call});
  }
  return ir::aggregate(wide_table(), {{Identifier::exact("day"), wide("day")}}, std::move(calls));
}

ir::RelationPtr window_query(F function) {
  std::vector<ir::Window::NamedCall> calls;
  for (const Built& one : calls_of(function)) {
    ir::WindowCall call;
    call.function = function;
    call.arguments = one.arguments;
    call.partition_by = {wide("day")};
    call.order_by = {by("moment", true), by("id")};
    const bool framed = ir::spec(function).function_class == ir::FunctionClass::aggregate || function == F::first_value ||
                        function == F::last_value || function == F::nth_value;
    if (framed) {
      call.frame = ir::WindowFrame{ir::WindowFrame::Unit::rows, ir::WindowFrame::Bound::unbounded_preceding,
                                   ir::WindowFrame::Bound::current_row, 0, 0};
    }
    call.type = one.resolution.result;
    call.nullable = !one.resolution.never_null;
    calls.push_back({name_of(calls.size()), call});
  }
  const ir::RelationPtr windowed = ir::window(wide_table(), calls);
  std::vector<ir::NamedExpression> columns;
  const int base = static_cast<int>(wide_columns().size());
  for (std::size_t i = 0; i < calls.size(); ++i) columns.push_back({name_of(i), ir::column_of(*windowed, base + static_cast<int>(i))});
  return ir::project(windowed, std::move(columns));
}

std::string folder_of(F function) {
  std::string name;
  for (const char c : std::string(ir::spec(function).name)) name += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
  // Operators' symbols are no names of folders.
  static const std::map<F, std::string> kNames{{F::equal, "equal"},
                                               {F::not_equal, "not_equal"},
                                               {F::less, "less"},
                                               {F::less_equal, "less_equal"},
                                               {F::greater, "greater"},
                                               {F::greater_equal, "greater_equal"},
                                               {F::add, "add"},
                                               {F::subtract, "subtract"},
                                               {F::multiply, "multiply"},
                                               {F::divide_integers, "divide_integers"},
                                               {F::divide_decimals, "divide_decimals"},
                                               {F::divide_floats, "divide_floats"},
                                               {F::modulo, "modulo"},
                                               {F::negate, "negate"},
                                               {F::concat_operator, "concat_operator"},
                                               {F::count_rows, "count_rows"}};
  const auto found = kNames.find(function);
  return found == kNames.end() ? name : found->second;
}

}  // namespace

std::vector<StatementCase> function_cases() {
  std::vector<StatementCase> cases;
  for (const ir::FunctionSpec& row : ir::function_table()) {
    const std::string folder = folder_of(row.function);
    if (row.function_class == ir::FunctionClass::scalar) {
      cases.push_back({folder, ir::SelectStatement{scalar_query(row.function)}});
    } else if (row.function_class == ir::FunctionClass::window) {
      cases.push_back({folder, ir::SelectStatement{window_query(row.function)}});
    } else {
      cases.push_back({folder, ir::SelectStatement{aggregate_query(row.function, false)}});
      cases.push_back({folder + "_filtered", ir::SelectStatement{aggregate_query(row.function, true)}});
      const bool over = row.function != F::string_agg && row.function != F::array_agg && row.function != F::percentile_cont &&
                        row.function != F::median && row.function != F::approx_count_distinct;
      if (over) cases.push_back({folder + "_over", ir::SelectStatement{window_query(row.function)}});
    }
  }
  return cases;
}

}  // namespace penstock::golden
