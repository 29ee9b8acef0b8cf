#include "tests/conformance/meaning/generated.h"

#include <map>

#include "pipelines/ir/signature.h"

namespace penstock::meaning {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

enum class Form { column, other_column, computed, constant, computed_constant, null, bare_null };
constexpr Form kForms[] = {Form::column, Form::computed, Form::constant, Form::computed_constant, Form::null, Form::bare_null};

struct TypeForms {
  std::string type;
  std::string column;
  std::string other_column;
  std::string computed;
  std::string constant;
  std::string computed_constant;
};

const std::map<K, TypeForms>& forms() {
  static const std::map<K, TypeForms> kAll{
      {K::boolean, {"boolean", "flag", "other_flag", "(number > 3)", "true", "(1 < 2)"}},
      {K::int16, {"int16", "small", "small", "cast(number as int16)", "cast(2 as int16)", "cast(1 + 1 as int16)"}},
      {K::int32, {"int32", "number", "small", "(number + 1)", "2", "(1 + 1)"}},
      {K::int64, {"int64", "big", "id", "(id + 1)", "cast(2 as int64)", "cast(1 + 1 as int64)"}},
      {K::decimal, {"decimal(12,2)", "price", "rate", "(price * 2)", "1.50", "(1.5 + 1)"}},
      {K::float32,
       {"float32", "cast(ratio as float32)", "cast(ratio as float32)", "cast(price as float32)", "cast(0.5 as float32)",
        "cast(0.25 + 0.25 as float32)"}},
      {K::float64, {"float64", "ratio", "ratio", "(ratio + 1)", "cast(0.5 as float64)", "cast(0.25 + 0.25 as float64)"}},
      {K::text, {"text", "name", "other_name", "(name || 'x')", "'b'", "lower('B')"}},
      {K::varchar,
       {"varchar(5)", "cast(name as varchar(5))", "other_name", "cast(name as varchar(5))", "cast('b' as varchar(5))",
        "cast(lower('B') as varchar(5))"}},
      {K::date, {"date", "day", "other_day", "(day + 1)", "date '2001-02-03'", "(date '2001-02-03' + 1)"}},
      {K::time,
       {"time", "cast(moment as time)", "cast(moment as time)", "cast(other_moment as time)", "time '04:05:06'",
        "cast(timestamp '2001-02-03 04:05:06' as time)"}},
      {K::timestamp,
       {"timestamp", "moment", "other_moment", "(moment + interval '1 day')", "timestamp '2001-02-03 04:05:06'",
        "(date '2001-02-03' + interval '1 hour')"}},
      {K::timestamptz,
       {"timestamptz", "instant", "instant", "(instant + interval '1 hour')", "timestamptz '2001-02-03 04:05:06+00'",
        "(timestamp '2001-02-03 04:05:06' at time zone 'UTC')"}},
      {K::interval,
       {"interval", "interval '1 day'", "(number * interval '1 day')", "(-(interval '1 hour'))", "interval '1 month'",
        "(2 * interval '1 day')"}},
      {K::json,
       {"json", "cast(payload as json)", "cast(payload as json)", "cast(payload as json)", "cast('{\"a\": 1}' as json)",
        "cast('[' || ']' as json)"}},
  };
  return kAll;
}

std::string written(K type, Form form) {
  const TypeForms& forms_of_type = forms().at(type);
  switch (form) {
    case Form::column:
      return forms_of_type.column;
    case Form::other_column:
      return forms_of_type.other_column;
    case Form::computed:
      return forms_of_type.computed;
    case Form::constant:
      return forms_of_type.constant;
    case Form::computed_constant:
      return forms_of_type.computed_constant;
    case Form::null:
      return "cast(null as " + forms_of_type.type + ")";
    case Form::bare_null:
      return "null";
  }
  return {};
}

// Where most constants mean nothing.
const std::map<std::pair<F, std::size_t>, std::string>& special_constants() {
  static const std::map<std::pair<F, std::size_t>, std::string> kAll{
      {{F::date_trunc, 0}, "'month'"},
      {{F::to_char_date, 1}, "'YYYY-MM-DD'"},
      {{F::at_time_zone, 1}, "'Europe/Berlin'"},
      {{F::regexp_replace, 3}, "'g'"},
      {{F::json_text_at, 1}, "'a'"},
      {{F::json_text_at, 2}, "'0'"},
      {{F::percentile_cont, 0}, "0.25"},
      {{F::like, 2}, "'#'"},
      {{F::not_like, 2}, "'#'"},
      {{F::ilike, 2}, "'#'"},
      {{F::not_ilike, 2}, "'#'"},
  };
  return kAll;
}

std::vector<K> types_for(const ir::Parameter& parameter) {
  switch (parameter.kind) {
    case ir::Parameter::Kind::type:
      return {parameter.type.kind};
    case ir::Parameter::Kind::any:
    case ir::Parameter::Kind::one:
      return {K::boolean, K::int32, K::int64, K::decimal, K::float64, K::text, K::varchar, K::date, K::timestamp, K::timestamptz, K::json};
    case ir::Parameter::Kind::string:
      return {K::text, K::int32, K::boolean, K::date, K::decimal};
    case ir::Parameter::Kind::number:
      return {K::int16, K::int32, K::int64, K::decimal, K::float32, K::float64};
    case ir::Parameter::Kind::integer:
    case ir::Parameter::Kind::offset:
      return {K::int16, K::int32, K::int64};
    case ir::Parameter::Kind::decimal:
      return {K::decimal, K::int32};
  }
  return {K::text};
}

std::string joined(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& one : arguments) text += (text.empty() ? "" : ", ") + one;
  return text;
}

// As a person writes the call.
std::string written(F function, const std::vector<std::string>& a) {
  const std::string name(ir::spec(function).name);
  switch (function) {
    case F::logical_and:
    case F::logical_or: {
      std::string text = a[0];
      for (std::size_t i = 1; i < a.size(); ++i) text += " " + name + " " + a[i];
      return text;
    }
    case F::logical_not:
      return "not " + a[0];
    case F::negate:
      return "- " + a[0];
    case F::is_null:
    case F::is_not_null:
    case F::is_true:
    case F::is_not_true:
    case F::is_false:
    case F::is_not_false:
      return a[0] + " " + name;
    case F::like:
    case F::not_like:
    case F::ilike:
    case F::not_ilike:
      return a[0] + " " + name + " " + a[1] + " escape " + a[2];
    case F::at_time_zone:
      return a[0] + " at time zone " + a[1];
    case F::add_days:
    case F::add_interval:
      return a[0] + " + " + a[1];
    case F::days_between:
      return a[0] + " - " + a[1];
    case F::timestamp_difference_seconds:
      return "extract(epoch from " + a[0] + " - " + a[1] + ")";
    case F::count_rows:
      return "count(*)";
    case F::percentile_cont:
      return "percentile_cont(" + a[0] + ") within group (order by " + a[1] + ")";
    default:
      break;
  }
  const bool infix = a.size() == 2 && (name.find_first_not_of("+-*/%<>=|") == std::string::npos || name.starts_with("is "));
  return infix ? a[0] + " " + name + " " + a[1] : name + "(" + joined(a) + ")";
}

// The arguments in their usual form, and then each of them in every form.
std::vector<std::vector<std::string>> argument_lists(F function, const ir::Signature& signature, std::size_t count, std::size_t variant) {
  std::vector<K> types;
  for (std::size_t i = 0; i < count; ++i) {
    const auto of_place = types_for(signature.parameter(i));
    types.push_back(of_place[variant % of_place.size()]);
  }
  const auto in_form = [&](std::size_t place, Form form) {
    const auto special = special_constants().find({function, place});
    const bool usual = form == Form::column || form == Form::other_column || form == Form::constant;
    return special != special_constants().end() && usual ? special->second : written(types[place], form);
  };
  std::vector<std::string> usual;
  for (std::size_t i = 0; i < count; ++i) usual.push_back(in_form(i, i % 2 == 0 ? Form::column : Form::other_column));
  std::vector<std::vector<std::string>> lists{usual};
  std::vector<std::string> constants;
  for (std::size_t i = 0; i < count; ++i) constants.push_back(in_form(i, Form::constant));
  lists.push_back(constants);
  for (std::size_t place = 0; place < count; ++place) {
    for (const Form form : kForms) {
      std::vector<std::string> changed = usual;
      changed[place] = in_form(place, form);
      lists.push_back(std::move(changed));
    }
  }
  return lists;
}

class Generator {
 public:
  std::vector<Generated> run() {
    for (const ir::FunctionSpec& spec : ir::function_table()) {
      for (const ir::Signature& signature : ir::signatures(spec.function)) add(spec, signature);
    }
    return std::move(all_);
  }

 private:
  void add(const ir::FunctionSpec& spec, const ir::Signature& signature) {
    const std::size_t most = signature.parameters.size() + (signature.variadic ? 1 : 0);
    std::size_t variants = 1;
    for (const ir::Parameter& parameter : signature.parameters) variants = std::max(variants, types_for(parameter).size());
    for (std::size_t count = signature.fewest; count <= most; ++count) {
      for (std::size_t variant = 0; variant < variants; ++variant) {
        for (const auto& arguments : argument_lists(spec.function, signature, count, variant)) add(spec, arguments);
      }
    }
  }

  void add(const ir::FunctionSpec& spec, const std::vector<std::string>& arguments) {
    const std::string call = written(spec.function, arguments);
    if (spec.function_class == ir::FunctionClass::window) {
      for (const char* over : {"(order by id)", "(partition by flag order by price desc nulls last, id)"})
        keep(spec.function, call + " over " + over);
      keep(spec.function, call + " over (order by id rows between 1 preceding and 1 following)");
      return;
    }
    keep(spec.function, call, spec.function_class == ir::FunctionClass::aggregate);
    if (spec.function_class == ir::FunctionClass::aggregate) add_forms(spec.function, call, arguments);
  }

  void add_forms(F function, const std::string& call, const std::vector<std::string>& arguments) {
    const std::string name(ir::spec(function).name);
    keep(function, call + " filter (where other_flag)", true);
    keep(function, call + " filter (where other_flag) over (partition by flag)");
    for (const char* over : {"()", "(partition by flag)", "(order by id)", "(order by id rows between 1 preceding and current row)"}) {
      keep(function, call + " over " + over);
    }
    if (function == F::count_rows || function == F::percentile_cont) return;
    keep(function, name + "(distinct " + joined(arguments) + ")", true);
    keep(function, name + "(distinct " + joined(arguments) + ") filter (where flag)", true);
    keep(function, name + "(distinct " + joined(arguments) + ") over ()");
    for (const std::string order : {"id", "1", "'x'", "null", "price desc nulls last, id", "name || 'x', id", "2.5, id"}) {
      keep(function, name + "(" + joined(arguments) + " order by " + order + ")", true);
    }
    keep(function, name + "(distinct " + joined(arguments) + " order by " + arguments[0] + ")", true);
    keep(function, name + "(" + joined(arguments) + " order by id) filter (where flag)", true);
  }

  void keep(F function, std::string sql, bool aggregate = false) {
    if (seen_.emplace(sql, aggregate).second) all_.push_back({function, std::move(sql), aggregate});
  }

  std::vector<Generated> all_;
  std::map<std::string, bool> seen_;
};

}  // namespace

std::vector<Generated> generated_calls() { return Generator().run(); }

}  // namespace penstock::meaning
