#include "pipelines/ir/type.h"

#include <gtest/gtest.h>

namespace penstock::ir {
namespace {

std::string common(const char* left, const char* right) {
  const auto type = common_type(parse_type(left).value(), parse_type(right).value());
  return type ? to_string(*type) : "none";
}

TEST(TypeTest, ReadsItsOwnNamesAndPostgres) {
  const std::pair<const char*, const char*> names[] = {
      {"int64", "int64"},
      {"BIGINT", "int64"},
      {"int4", "int32"},
      {"numeric(12, 2)", "decimal(12,2)"},
      {"DECIMAL ( 5 )", "decimal(5,0)"},
      {"double  precision", "float64"},
      {"float(24)", "float32"},
      {"character varying(10)", "varchar(10)"},
      {"char(3)", "varchar(3)"},
      {"varchar", "text"},
      {"timestamp(6) with time zone", "timestamptz"},
      {"timestamp without time zone", "timestamp"},
      {"timestamp(6)", "timestamp"},
      {"text[]", "array(text)"},
      {"array(array(int32))", "array(array(int32))"},
      {"jsonb", "json"},
  };
  for (const auto& [written, meant] : names) {
    const auto type = parse_type(written);
    ASSERT_TRUE(type) << written;
    EXPECT_EQ(to_string(*type), meant) << written;
    EXPECT_EQ(parse_type(to_string(*type)), type) << written;
  }
}

TEST(TypeTest, RefusesWhatIsNoType) {
  for (const char* written : {"", "int65", "decimal(39,0)", "decimal(5,6)", "decimal(38,38)", "decimal(0)", "varchar(0)", "decimal", "null",
                              "timestamp(3)", "text(", "text)", "array()", "decimal(5,2)x", "varchar(99999999999999)"}) {
    EXPECT_FALSE(parse_type(written)) << written;
  }
  EXPECT_FALSE(parse_type(std::string(100'000, '[')));
  std::string deep = "int32";
  for (int i = 0; i < 10'000; ++i) deep += "[]";
  EXPECT_FALSE(parse_type(deep));
}

TEST(TypeTest, CommonTypeIsThatOfPostgres) {
  EXPECT_EQ(common("int16", "int64"), "int64");
  EXPECT_EQ(common("int32", "decimal(12,2)"), "decimal(12,2)");
  EXPECT_EQ(common("int64", "decimal(12,2)"), "decimal(21,2)");
  EXPECT_EQ(common("decimal(38,0)", "decimal(10,4)"), "decimal(38,4)");
  EXPECT_EQ(common("decimal(12,2)", "float64"), "float64");
  EXPECT_EQ(common("varchar(3)", "varchar(5)"), "varchar(5)");
  EXPECT_EQ(common("varchar(3)", "text"), "text");
  EXPECT_EQ(common("date", "timestamp"), "timestamp");
  EXPECT_EQ(common("timestamp", "timestamptz"), "timestamptz");
  EXPECT_EQ(common("text", "date"), "none");
  EXPECT_EQ(common("boolean", "int32"), "none");
  EXPECT_EQ(common("unknown", "date"), "unknown");
  EXPECT_EQ(common("array(int32)", "array(int64)"), "array(int64)");
  EXPECT_EQ(to_string(*common_type(Type::of(TypeKind::null), Type::of(TypeKind::date))), "date");
}

TEST(TypeTest, AssignableKeepsEveryValue) {
  const auto verdict = [](const char* from, const char* to) { return is_assignable(*parse_type(from), *parse_type(to)); };
  EXPECT_EQ(verdict("int32", "int64"), Verdict::proven);
  EXPECT_EQ(verdict("int64", "int32"), Verdict::refuted);
  EXPECT_EQ(verdict("int32", "decimal(9,0)"), Verdict::refuted);
  EXPECT_EQ(verdict("int32", "decimal(10,0)"), Verdict::proven);
  EXPECT_EQ(verdict("decimal(10,2)", "decimal(10,3)"), Verdict::refuted);
  EXPECT_EQ(verdict("date", "timestamptz"), Verdict::proven);
  EXPECT_EQ(verdict("timestamptz", "date"), Verdict::refuted);
  EXPECT_EQ(verdict("varchar(3)", "text"), Verdict::proven);
  EXPECT_EQ(verdict("text", "varchar(3)"), Verdict::refuted);
  EXPECT_EQ(verdict("unknown", "varchar(3)"), Verdict::unknown);
}

TEST(TypeTest, CastableAsInPostgres) {
  const auto verdict = [](const char* from, const char* to) { return is_castable(*parse_type(from), *parse_type(to)); };
  EXPECT_EQ(verdict("text", "date"), Verdict::proven);
  EXPECT_EQ(verdict("timestamptz", "date"), Verdict::proven);
  EXPECT_EQ(verdict("timestamp", "time"), Verdict::proven);
  EXPECT_EQ(verdict("int32", "boolean"), Verdict::proven);
  EXPECT_EQ(verdict("int64", "boolean"), Verdict::refuted);
  EXPECT_EQ(verdict("int32", "date"), Verdict::refuted);
  EXPECT_EQ(verdict("date", "time"), Verdict::refuted);
  EXPECT_EQ(verdict("boolean", "decimal(5,2)"), Verdict::refuted);
}

}  // namespace
}  // namespace penstock::ir
