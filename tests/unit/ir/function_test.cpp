#include "pipelines/ir/expression.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace penstock::ir {
namespace {

std::vector<Type> types_of(const std::vector<std::string>& names) {
  std::vector<Type> types;
  for (const std::string& name : names) types.push_back(name == "null" ? Type::of(TypeKind::null) : parse_type(name).value());
  return types;
}

/// "function(argument types) -> result".
std::string resolved(std::string_view name, const std::vector<std::string>& arguments) {
  const auto resolution = resolve_function(name, types_of(arguments));
  if (!resolution) return resolution.error().message;
  std::string text;
  for (const Type& type : resolution->argument_types) text += (text.empty() ? "" : ", ") + to_string(type);
  return "(" + text + ") -> " + to_string(resolution->result);
}

Function chosen(std::string_view name, const std::vector<std::string>& arguments) {
  return resolve_function(name, types_of(arguments)).value().function;
}

TEST(FunctionTest, EveryRowCanBeReadAndHasADocument) {
  for (const FunctionSpec& row : function_table()) {
    EXPECT_FALSE(row.doc.empty()) << row.name;
    const auto known = resolve(row.function, {});
    if (!known) {
      EXPECT_EQ(known.error().kind, ErrorKind::invalid_input) << row.name;
    }
  }
}

TEST(FunctionTest, ArithmeticPromotesAsPostgres) {
  EXPECT_EQ(resolved("+", {"int16", "int64"}), "(int16, int64) -> int64");
  EXPECT_EQ(resolved("+", {"decimal(10,2)", "int32"}), "(decimal(10,2), int32) -> decimal(13,2)");
  EXPECT_EQ(resolved("*", {"decimal(10,2)", "decimal(6,4)"}), "(decimal(10,2), decimal(6,4)) -> decimal(16,6)");
  EXPECT_EQ(resolved("*", {"decimal(38,6)", "decimal(38,6)"}), "(decimal(38,6), decimal(38,6)) -> decimal(38,12)");
  EXPECT_EQ(resolved("+", {"decimal(10,2)", "float64"}), "(float64, float64) -> float64");
  EXPECT_EQ(resolved("-", {"float32", "float32"}), "(float32, float32) -> float32");
  EXPECT_EQ(resolved("-", {"int32"}), "(int32) -> int32");
  EXPECT_EQ(resolved("+", {"int32", "null"}), "(int32, int32) -> int32");
  EXPECT_EQ(resolved("+", {"unknown", "int32"}), "(unknown, int32) -> unknown");
  EXPECT_EQ(resolved("+", {"text", "int32"}), "no operator + takes text and int32");
  EXPECT_EQ(resolved("%", {"float64", "int32"}), "no operator % takes float64 and int32");
}

TEST(FunctionTest, ProductsKeepWhatFits) {
  EXPECT_EQ(resolved("*", {"decimal(15,2)", "decimal(16,2)"}), "(decimal(15,2), decimal(16,2)) -> decimal(31,4)");
  EXPECT_EQ(resolved("*", {"decimal(31,4)", "decimal(16,2)"}), "(decimal(31,4), decimal(16,2)) -> decimal(38,6)");
  EXPECT_EQ(resolved("*", {"decimal(38,16)", "decimal(38,16)"}), "(decimal(38,16), decimal(38,16)) -> decimal(38,24)");
  EXPECT_EQ(resolved("*", {"decimal(18,18)", "decimal(20,18)"}), "(decimal(18,18), decimal(20,18)) -> decimal(38,36)");
}

std::string resolved_with(std::string_view name, std::vector<const char*> names, std::vector<std::optional<std::int64_t>> constants) {
  std::vector<Type> types;
  for (const char* type : names) types.push_back(parse_type(type).value());
  const auto resolution = resolve_function(name, types, constants);
  return resolution ? to_string(resolution->result) : resolution.error().message;
}

TEST(FunctionTest, AConstantHasTheDigitsThatItHas) {
  EXPECT_EQ(resolved_with("-", {"int32", "decimal(5,2)"}, {1, {}}), "decimal(6,2)");
  EXPECT_EQ(resolved_with("-", {"int32", "decimal(5,2)"}, {}), "decimal(13,2)");
  EXPECT_EQ(resolved_with("*", {"decimal(5,2)", "int32"}, {{}, -12}), "decimal(7,2)");
  EXPECT_EQ(resolved_with("*", {"int64", "int32"}, {{}, 3}), "int64");
  EXPECT_EQ(resolved_with("coalesce", {"int32", "decimal(5,2)"}, {0, {}}), "decimal(5,2)");
  EXPECT_EQ(resolved_with("coalesce", {"int32", "decimal(5,2)"}, {123456, {}}), "decimal(8,2)");
  EXPECT_EQ(resolved_with("coalesce", {"int32", "int64"}, {0, {}}), "int64");
  EXPECT_EQ(resolved_with("round", {"decimal(38,16)", "int32"}, {{}, 2}), "decimal(25,2)");
  EXPECT_EQ(resolved_with("round", {"decimal(12,2)", "int32"}, {{}, -3}), "decimal(11,0)");
  EXPECT_EQ(resolved_with("trunc", {"decimal(12,2)", "int32"}, {{}, 4}), "decimal(14,4)");
  EXPECT_EQ(resolved_with("round", {"decimal(12,2)", "int32"}, {{}, {}}), "decimal(13,2)");
}

TEST(FunctionTest, WholeConstantsAreComputed) {
  EXPECT_EQ(whole_constant(*integer(7)), 7);
  EXPECT_EQ(whole_constant(*call(Function::add, {integer(1), integer(10)})), 11);
  EXPECT_EQ(whole_constant(*call(Function::negate, {integer(5)})), -5);
  EXPECT_EQ(whole_constant(*call(Function::multiply, {integer(INT64_MAX), integer(2)})), std::nullopt);
  EXPECT_EQ(whole_constant(*call(Function::negate, {integer(INT64_MIN)})), std::nullopt);
  EXPECT_EQ(whole_constant(*text("7")), std::nullopt);
  EXPECT_EQ(whole_constant(*column(0, Type::of(TypeKind::int32), false)), std::nullopt);
}

TEST(FunctionTest, DivisionIsOneOfThree) {
  EXPECT_EQ(chosen("/", {"int32", "int64"}), Function::divide_integers);
  EXPECT_EQ(chosen("/", {"int32", "decimal(10,2)"}), Function::divide_decimals);
  EXPECT_EQ(chosen("/", {"decimal(10,2)", "float64"}), Function::divide_floats);
  EXPECT_EQ(chosen("/", {"float32", "int32"}), Function::divide_floats);
  EXPECT_EQ(resolved("/", {"int32", "int64"}), "(int32, int64) -> int64");
  EXPECT_EQ(resolved("/", {"int32", "decimal(10,2)"}), "(int32, decimal(10,2)) -> decimal(38,16)");
  EXPECT_EQ(resolved("/", {"decimal(10,8)", "decimal(10,2)"}), "(decimal(10,8), decimal(10,2)) -> decimal(38,16)");
  EXPECT_EQ(resolved("/", {"decimal(30,20)", "decimal(10,2)"}), "(decimal(30,20), decimal(10,2)) -> decimal(38,20)");
  EXPECT_EQ(resolved("/", {"int32", "float32"}), "(float64, float64) -> float64");
}

TEST(FunctionTest, DatesAndIntervals) {
  EXPECT_EQ(resolved("-", {"date", "date"}), "(date, date) -> int32");
  EXPECT_EQ(chosen("+", {"date", "int32"}), Function::add_days);
  EXPECT_EQ(resolved("+", {"date", "interval"}), "(timestamp, interval) -> timestamp");
  EXPECT_EQ(resolved("+", {"timestamptz", "interval"}), "(timestamptz, interval) -> timestamptz");
  EXPECT_EQ(resolved("date_trunc", {"text", "date"}), "(text, timestamp) -> timestamp");
  EXPECT_EQ(resolved("date_trunc", {"text", "timestamptz"}), "(text, timestamptz) -> timestamptz");
  EXPECT_EQ(resolved("date_trunc", {"text", "unknown"}), "(text, unknown) -> unknown");
  EXPECT_EQ(resolved("extract_hour", {"date"}), "(timestamp) -> int32");
}

TEST(FunctionTest, ComparisonsTakeTheCommonType) {
  EXPECT_EQ(resolved("=", {"int16", "decimal(5,2)"}), "(int16, decimal(5,2)) -> boolean");
  EXPECT_EQ(resolved("=", {"int16", "float64"}), "(float64, float64) -> boolean");
  EXPECT_EQ(resolved("<", {"date", "timestamp"}), "(timestamp, timestamp) -> boolean");
  EXPECT_EQ(resolved("<", {"date", "null"}), "(date, date) -> boolean");
  EXPECT_EQ(resolved("=", {"text", "int32"}), "no operator = takes text and int32");
  EXPECT_EQ(resolved("=", {"varchar(3)", "text"}), "(varchar(3), text) -> boolean");
}

TEST(FunctionTest, Aggregates) {
  EXPECT_EQ(resolved("sum", {"int32"}), "(int32) -> int64");
  EXPECT_EQ(resolved("sum", {"int64"}), "(int64) -> decimal(38,0)");
  EXPECT_EQ(resolved("sum", {"decimal(12,2)"}), "(decimal(12,2)) -> decimal(38,2)");
  EXPECT_EQ(resolved("sum", {"float32"}), "(float32) -> float64");
  EXPECT_EQ(resolved("avg", {"int64"}), "(int64) -> decimal(38,16)");
  EXPECT_EQ(resolved("avg", {"decimal(12,2)"}), "(decimal(12,2)) -> decimal(38,16)");
  EXPECT_EQ(resolved("avg", {"decimal(30,20)"}), "(decimal(30,20)) -> decimal(38,20)");
  EXPECT_EQ(resolved("avg", {"float32"}), "(float32) -> float64");
  EXPECT_EQ(resolved("count", {}), "() -> int64");
  EXPECT_EQ(chosen("count", {}), Function::count_rows);
  EXPECT_EQ(chosen("count", {"text"}), Function::count);
  EXPECT_EQ(resolved("min", {"date"}), "(date) -> date");
  EXPECT_EQ(resolved("max", {"boolean"}), "max does not take (boolean)");
  EXPECT_EQ(resolved("array_agg", {"int32"}), "(int32) -> array(int32)");
  EXPECT_EQ(resolved("sum", {"text"}), "sum does not take (text)");
}

TEST(FunctionTest, TextAndConditionals) {
  EXPECT_EQ(resolved("||", {"text", "int32"}), "(text, text) -> text");
  EXPECT_EQ(resolved("||", {"int32", "int32"}), "no operator || takes int32 and int32");
  EXPECT_EQ(resolved("coalesce", {"int32", "null", "int64"}), "(int64, int64, int64) -> int64");
  EXPECT_EQ(resolved("coalesce", {"null", "null"}), "(text, text) -> text");
  EXPECT_EQ(resolved("coalesce", {"text", "date"}), "coalesce does not take (text, date)");
  EXPECT_EQ(resolved("substr", {"varchar(10)", "int32"}), "(varchar(10), int32) -> text");
  EXPECT_EQ(resolved("left", {"text", "int64"}), "left does not take (text, int64)");
  EXPECT_EQ(resolved("round", {"decimal(10,4)", "int32"}), "(decimal(10,4), int32) -> decimal(11,4)");
  EXPECT_EQ(resolved("round", {"decimal(10,4)"}), "(decimal(10,4)) -> decimal(7,0)");
  EXPECT_EQ(resolved("power", {"int32", "decimal(5,2)"}), "(float64, float64) -> float64");
}

TEST(FunctionTest, UnknownNames) {
  const auto missing = resolve_function("substrng", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  const auto names = function_names();
  EXPECT_TRUE(std::find(names.begin(), names.end(), "substring") != names.end());
}

}  // namespace
}  // namespace penstock::ir
