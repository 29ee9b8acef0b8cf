#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "pipelines/dialects/dialect.h"
#include "pipelines/ir/signature.h"
#include "tests/unit/sql/fixture.h"

// A column that nobody declared never blocks: what can be said of a column with the right type can be said of it, too.

namespace penstock {
namespace {

using ir::Function;

/// What targets want as a constant, by the place of the argument.
const std::map<Function, std::map<std::size_t, std::string>>& constants() {
  static const std::map<Function, std::map<std::size_t, std::string>> kConstants{
      {Function::like, {{1, "'a%'"}}},
      {Function::not_like, {{1, "'a%'"}}},
      {Function::ilike, {{1, "'a%'"}}},
      {Function::not_ilike, {{1, "'a%'"}}},
      {Function::round, {{1, "2"}}},
      {Function::truncate, {{1, "2"}}},
      {Function::trim, {{1, "' '"}}},
      {Function::left_trim, {{1, "' '"}}},
      {Function::right_trim, {{1, "' '"}}},
      {Function::left_pad, {{2, "'0'"}}},
      {Function::right_pad, {{2, "'0'"}}},
      {Function::split_part, {{1, "','"}, {2, "2"}}},
      {Function::regexp_like, {{1, "'a'"}}},
      {Function::regexp_replace, {{1, "'a'"}, {2, "'b'"}, {3, "'g'"}}},
      {Function::regexp_substring, {{1, "'a'"}}},
      {Function::date_trunc, {{0, "'month'"}}},
      {Function::add_interval, {{1, "interval '1 day'"}}},
      {Function::at_time_zone, {{1, "'UTC'"}}},
      {Function::string_agg, {{1, "','"}}},
      {Function::percentile_cont, {{0, "0.5"}}},
      {Function::json_text_at, {{1, "'key'"}}},
      {Function::to_char_date, {{1, "'YYYY'"}}},
      {Function::lag, {{1, "1"}}},
      {Function::lead, {{1, "1"}}},
      {Function::nth_value, {{1, "2"}}},
      {Function::ntile, {{0, "4"}}},
      {Function::concat_ws, {{0, "','"}}},
  };
  return kConstants;
}

std::string typed_column(const ir::Parameter& parameter) {
  using Kind = ir::Parameter::Kind;
  switch (parameter.kind) {
    case Kind::number:
    case Kind::decimal:
      return "c_decimal";
    case Kind::integer:
    case Kind::offset:
      return "c_int32";
    case Kind::any:
    case Kind::one:
    case Kind::string:
      return "c_text";
    case Kind::type:
      break;
  }
  return "c_" + to_string(parameter.type);
}

std::string infix(const std::vector<std::string>& arguments, const std::string& word) {
  return arguments[0] + " " + word + " " + arguments[1];
}

std::string written(const ir::FunctionSpec& row, const std::vector<std::string>& arguments) {
  const std::string name(row.name);
  const bool is_symbol = name.find_first_not_of("+-*/%<>=!|") == std::string::npos;
  if (is_symbol) return arguments.size() == 1 ? name + arguments[0] : infix(arguments, name);
  if (name == "not") return "not " + arguments[0];
  if (name.starts_with("is ") && arguments.size() == 1) return arguments[0] + " " + name;
  if (name.starts_with("is ") || name == "and" || name == "or" || name.ends_with("like")) {
    if (name != "regexp_like") return infix(arguments, name);
  }
  if (name.starts_with("extract_")) return "extract(" + name.substr(8) + " from " + arguments[0] + ")";
  switch (row.function) {
    case Function::add_days:
    case Function::add_interval:
      return infix(arguments, "+");
    case Function::at_time_zone:
      return infix(arguments, "at time zone");
    case Function::days_between:
      return infix(arguments, "-");
    case Function::timestamp_difference_seconds:
      return "extract(epoch from " + infix(arguments, "-") + ")";
    case Function::count_rows:
      return "count(*)";
    case Function::percentile_cont:
      return "percentile_cont(" + arguments[0] + ") within group (order by " + arguments[1] + ")";
    default:
      break;
  }
  std::string text = name + "(";
  for (std::size_t i = 0; i < arguments.size(); ++i) text += (i == 0 ? "" : ", ") + arguments[i];
  if (row.function == Function::string_agg || row.function == Function::array_agg) text += " order by c_int64";
  text += ")";
  return row.function_class == ir::FunctionClass::window ? text + " over (partition by c_text order by c_int64)" : text;
}

class Tables final : public sql::Tables {
 public:
  Tables() {
    given_.add("given", {{"c_boolean", "boolean"}, {"c_int32", "int32"}, {"c_int64", "int64"}, {"c_decimal", "decimal(12,2)"},
                         {"c_float64", "float64"}, {"c_text", "text"}, {"c_date", "date"}, {"c_time", "time"},
                         {"c_timestamp", "timestamp"}, {"c_timestamptz", "timestamptz"}, {"c_json", "json"}});
  }
  const components::Input* find(std::string_view name) const override { return given_.find(name); }
  std::vector<std::string> names() const override { return given_.names(); }

 private:
  sql::TestTables given_;
};

/// What the targets refuse of an expression, by their names; nothing where it could not be read, with a failure.
std::map<std::string, std::string> refusals_of(const std::string& expression) {
  static const Tables kTables;
  const std::string text = "select " + expression + " as x from given, anything";
  const sql::Parsed parsed = sql::parse(text, kTables);
  EXPECT_NE(parsed.relation, nullptr) << text << "\n" << parsed.diagnostics;
  std::map<std::string, std::string> refused;
  if (parsed.relation == nullptr) return refused;
  const ir::Statement statement = ir::CreateTableAs{{{}, {}, Identifier::exact("t")}, parsed.relation};
  for (const dialects::Dialect* dialect : dialects::dialect_table()) {
    for (const dialects::Refusal& refusal : dialect->refusals(statement)) {
      EXPECT_TRUE(refusal.place) << dialect->name() << " refuses " << text << " nowhere: " << refusal.message;
      refused[std::string(dialect->name())] += refusal.message + "; ";
    }
  }
  return refused;
}

void hold(const std::string& with_types, const std::string& without) {
  const auto refused = refusals_of(with_types);
  for (const auto& [dialect, message] : refusals_of(without)) {
    EXPECT_TRUE(refused.contains(dialect)) << dialect << " refuses " << without << ", and not " << with_types << ": " << message;
    EXPECT_EQ(message.find("no type for"), std::string::npos) << dialect << " refuses " << without << ": " << message;
  }
}

TEST(UnknownTypes, NoFunctionIsBlockedByThem) {
  std::size_t held = 0;
  for (const ir::FunctionSpec& row : ir::function_table()) {
    SCOPED_TRACE(row.signature);
    const auto found = constants().find(row.function);
    for (const ir::Signature& signature : ir::signatures(row.function)) {
      const std::size_t count = signature.variadic ? 2 : signature.parameters.size();
      for (std::size_t size = std::max<std::size_t>(signature.fewest, signature.variadic ? 2 : 0); size <= count; ++size) {
        if (row.name.ends_with("like") && row.function != Function::regexp_like && size > 2) continue;
        std::vector<std::string> typed;
        std::vector<std::size_t> columns;
        for (std::size_t i = 0; i < size; ++i) {
          const bool is_constant = found != constants().end() && found->second.contains(i);
          typed.push_back(is_constant ? found->second.at(i) : typed_column(signature.parameter(i)));
          if (!is_constant) columns.push_back(i);
        }
        if (row.name.ends_with("like") && row.function != Function::regexp_like) typed.resize(2);
        std::vector<std::string> all = typed;
        for (const std::size_t column : columns) {
          std::vector<std::string> one = typed;
          one[column] = all[column] = "u_" + std::to_string(column);
          hold(written(row, typed), written(row, one));
          ++held;
        }
        if (columns.size() > 1) hold(written(row, typed), written(row, all));
      }
    }
  }
  EXPECT_GT(held, 150U);
}

TEST(UnknownTypes, NoOperatorIsBlockedByThem) {
  hold("c_date - interval '1 month'", "u - interval '1 month'");
  hold("interval '1 month' + c_date", "interval '1 month' + u");
  hold("c_date - 1", "u - 1");
  hold("1 + c_date", "1 + u");
  hold("c_date - c_date", "c_date - u");
  hold("c_date - c_date", "u - c_date");
  hold("c_decimal / 3", "u / 3");
  hold("c_decimal between 1 and 2", "u between 1 and c_decimal");
  hold("c_text in ('a', 'b')", "u in ('a', c_text)");
  hold("c_decimal in (1, 2)", "c_decimal in (u, 2)");
  hold("case when c_boolean then c_decimal else 1 end", "case when u then v else 1 end");
  hold("case c_text when 'a' then 1 end", "case u when 'a' then 1 end");
  hold("cast(c_decimal as int32)", "cast(u as int32)");
  hold("cast(c_int32 as decimal(9,2))", "cast(u as decimal(9,2))");
  hold("cast(c_text as varchar(10))", "cast(u as varchar(10))");
  hold("cast(c_text as date)", "cast(u as date)");
  hold("c_text::json ->> 'a'", "u::json ->> 'a'");
  hold("c_json -> 'a' ->> 'b'", "u -> 'a' ->> 'b'");
  hold("c_text ~ 'a'", "u ~ 'a'");
  hold("c_text is not distinct from 'a'", "u is not distinct from 'a'");
  hold("c_decimal ^ 2", "u ^ 2");
  hold("c_timestamp at time zone 'UTC' at time zone 'UTC'", "u at time zone 'UTC' at time zone 'UTC'");
  hold("date_trunc('day', c_date)::date", "date_trunc('day', u)::date");
  hold("c_text in (select c_text from given)", "u in (select v from anything)");
  hold("(select max(c_decimal) from given)", "(select max(w) from anything)");
  hold("sum(c_int32) filter (where c_boolean)", "sum(u) filter (where v)");
  hold("sum(c_decimal) over (order by c_int64)", "sum(u) over (order by v)");
}

}  // namespace
}  // namespace penstock
