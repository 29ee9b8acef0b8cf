#include <gtest/gtest.h>

#include "pipelines/dialects/pattern.h"
#include "pipelines/dialects/target.h"

namespace penstock::dialects {
namespace {

const Target& target(std::string_view name) { return dynamic_cast<const Target&>(*find_dialect(name)); }

Result<std::string> select_text(std::string_view dialect, const std::string& value) {
  const auto query = ir::project(ir::values({}, {{}}), {{Identifier::exact("x"), ir::text(value)}});
  return find_dialect(dialect)->write(ir::SelectStatement{query});
}

TEST(Rules, SayEveryFunctionOrWhyNot) {
  for (const Dialect* dialect : dialect_table()) {
    for (const ir::FunctionSpec& row : ir::function_table()) {
      const Rule& rule = target(dialect->name()).rule(row.function);
      EXPECT_NE(rule.kind, Rule::Kind::missing) << dialect->name() << " says nothing of " << row.name;
      if (rule.kind != Rule::Kind::refused) continue;
      EXPECT_FALSE(rule.reason.empty()) << dialect->name() << " " << row.name;
      EXPECT_FALSE(rule.way_out.empty()) << dialect->name() << " " << row.name;
    }
  }
}

TEST(Rules, DialectsAreFoundByName) {
  EXPECT_EQ(dialect_table().size(), 7U);
  for (const Dialect* dialect : dialect_table()) EXPECT_EQ(find_dialect(dialect->name()), dialect);
  EXPECT_EQ(find_dialect("oracle"), nullptr);
}

TEST(Literals, CannotBeBrokenOutOf) {
  const std::string nasty = "it's \\ \" ` ]\n'; drop table x; --";
  EXPECT_EQ(select_text("postgres", nasty).value(), "select 'it''s \\ \" ` ]\n''; drop table x; --' as \"x\"");
  EXPECT_EQ(select_text("bigquery", nasty).value(), "select 'it\\'s \\\\ \" ` ]\\n\\'; drop table x; --' as `x`");
  EXPECT_EQ(select_text("databricks", nasty).value(), "select 'it\\'s \\\\ \" ` ]\\n\\'; drop table x; --' as `x`");
  // A session's variable would be put in its place.
  EXPECT_EQ(select_text("databricks", "${x} $x {x}").value(), "select '$\\{x} $x {x}' as `x`");
  EXPECT_EQ(select_text("snowflake", nasty).value(), "select 'it''s \\\\ \" ` ]\n''; drop table x; --' as \"X\"");
  EXPECT_EQ(select_text("synapse", nasty).value(), "select N'it''s \\ \" ` ]\n''; drop table x; --' as [x]");
  // A backslash before a line break would join the lines.
  EXPECT_EQ(select_text("synapse", "a\\\nb").value(), "select (N'a\\' + N'\nb') as [x]");
}

TEST(Literals, OfNulBytesAreRefused) {
  for (const Dialect* dialect : dialect_table()) {
    const auto written = select_text(dialect->name(), std::string("a\0b", 3));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::invalid_input);
  }
}

TEST(Names, AreQuotedAndBounded) {
  const auto drop = [](std::string_view dialect, const std::string& name) {
    return find_dialect(dialect)->write(ir::DropTable{{{}, {}, Identifier::exact(name)}, true});
  };
  EXPECT_EQ(drop("postgres", "a\"b").value(), "drop table if exists \"a\"\"b\"");
  EXPECT_EQ(drop("bigquery", "a`b\\").value(), "drop table if exists `a\\`b\\\\`");
  EXPECT_EQ(drop("databricks", "a`b\\").value(), "drop table if exists `a``b\\`");
  // What others write without quotes is upper case there.
  EXPECT_EQ(drop("snowflake", "orders_2$").value(), "drop table if exists \"ORDERS_2$\"");
  for (const char* quoted : {"Orders", "größe", "2nd", "a b", "a\"\"b"}) {
    const std::string name = std::string_view(quoted) == "a\"\"b" ? "a\"b" : quoted;
    EXPECT_EQ(drop("snowflake", name).value(), "drop table if exists \"" + std::string(quoted) + "\"");
  }
  EXPECT_EQ(drop("synapse", "a]b").value(), "drop table if exists [a]]b]");
  EXPECT_FALSE(drop("postgres", std::string(64, 'a')));
  EXPECT_TRUE(drop("synapse", std::string(64, 'a')));
}

TEST(Parameters, MustHaveBeenBound) {
  const auto query = ir::project(ir::values({}, {{}}), {{Identifier::exact("x"), ir::parameter("day", ir::Type::of(ir::TypeKind::date))}});
  const auto written = find_dialect("duckdb")->write(ir::SelectStatement{query});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "duckdb: the parameter :day has no value");
}

TEST(Types, ComeBackFromTheCatalogue) {
  using K = ir::TypeKind;
  EXPECT_EQ(find_dialect("duckdb")->read_type("HUGEINT"), ir::Type::decimal(38, 0));
  EXPECT_EQ(find_dialect("duckdb")->read_type("DECIMAL(12,2)"), ir::Type::decimal(12, 2));
  EXPECT_EQ(find_dialect("duckdb")->read_type("TIMESTAMP WITH TIME ZONE").kind, K::timestamptz);
  EXPECT_EQ(find_dialect("duckdb")->read_type("INTEGER[]"), ir::Type::array_of(ir::Type::of(K::int32)));
  EXPECT_EQ(find_dialect("duckdb")->read_type("STRUCT(a INTEGER)").kind, K::unknown);
  EXPECT_EQ(find_dialect("postgres")->read_type("character varying(10)"), ir::Type::varchar(10));
  EXPECT_EQ(find_dialect("postgres")->read_type("timestamp without time zone").kind, K::timestamp);
  EXPECT_EQ(find_dialect("trino")->read_type("timestamp(6) with time zone").kind, K::timestamptz);
  EXPECT_EQ(find_dialect("trino")->read_type("array(varchar)"), ir::Type::array_of(ir::Type::of(K::text)));
  EXPECT_EQ(find_dialect("bigquery")->read_type("NUMERIC(10, 2)"), ir::Type::decimal(10, 2));
  EXPECT_EQ(find_dialect("bigquery")->read_type("ARRAY<INT64>"), ir::Type::array_of(ir::Type::of(K::int64)));
  EXPECT_EQ(find_dialect("databricks")->read_type("decimal(10,2)"), ir::Type::decimal(10, 2));
  EXPECT_EQ(find_dialect("databricks")->read_type("array<bigint>"), ir::Type::array_of(ir::Type::of(K::int64)));
  EXPECT_EQ(find_dialect("databricks")->read_type("struct<a:int>").kind, K::unknown);
  EXPECT_EQ(find_dialect("snowflake")->read_type("NUMBER(12,2)"), ir::Type::decimal(12, 2));
  EXPECT_EQ(find_dialect("snowflake")->read_type("NUMBER(19,0)").kind, K::int64);
  EXPECT_EQ(find_dialect("snowflake")->read_type("NUMBER(38,0)"), ir::Type::decimal(38, 0));
  EXPECT_EQ(find_dialect("snowflake")->read_type("VARCHAR(16777216)").kind, K::text);
  EXPECT_EQ(find_dialect("snowflake")->read_type("VARCHAR(10)"), ir::Type::varchar(10));
  EXPECT_EQ(find_dialect("snowflake")->read_type("TIMESTAMP_TZ(9)").kind, K::timestamptz);
  EXPECT_EQ(find_dialect("snowflake")->read_type("TIMESTAMP").kind, K::unknown);
  EXPECT_EQ(find_dialect("snowflake")->read_type("REAL").kind, K::float64);
  EXPECT_EQ(find_dialect("synapse")->read_type("nvarchar(4000)").kind, K::text);
  EXPECT_EQ(find_dialect("synapse")->read_type("datetime2(6)").kind, K::timestamp);
}

// What a dialect makes of a type, it understands when the catalogue says it.
TEST(Types, GoThereAndBack) {
  using K = ir::TypeKind;
  for (const Dialect* dialect : dialect_table()) {
    for (const K kind : {K::boolean, K::int64, K::float64, K::text, K::date, K::timestamp, K::timestamptz}) {
      const std::string name = target(dialect->name()).type_name(ir::Type::of(kind));
      EXPECT_EQ(dialect->read_type(name).kind, kind) << dialect->name() << " " << name;
    }
  }
}

// Whole numbers are numbers with so many digits, and a decimal with as many must not be taken for one.
TEST(Types, OfDecimalsAreNoWholeNumbers) {
  using K = ir::TypeKind;
  const Target& snowflake = target("snowflake");
  for (const K kind : {K::int16, K::int32, K::int64}) {
    EXPECT_EQ(snowflake.read_type(snowflake.type_name(ir::Type::of(kind))).kind, kind);
  }
  for (int precision = 1; precision <= ir::kMaxDecimalPrecision; ++precision) {
    const ir::Type back = snowflake.read_type(snowflake.type_name(ir::Type::decimal(precision, 0)));
    ASSERT_EQ(back.kind, K::decimal) << precision;
    EXPECT_GE(back.precision, precision);
  }
}

// What the SQL cannot make irrelevant is said to whoever opens a session, and why.
TEST(Sessions, OfSnowflakeAreSet) {
  const auto settings = find_dialect("snowflake")->capabilities().session_settings;
  EXPECT_FALSE(settings.empty());
  for (const SessionSetting& one : settings) EXPECT_FALSE(one.name.empty() || one.value.empty() || one.why.empty()) << one.name;
}

TEST(Patterns, OfLikeAreWrittenAnew) {
  EXPECT_EQ(like_pattern("50\\%_", "\\", "[", '!')->text, "50!%_");
  EXPECT_EQ(like_pattern("a[b]", "\\", "[", '!')->text, "a![b]");
  EXPECT_FALSE(like_pattern("plain%", "\\", "[", '!')->needs_escape);
  EXPECT_FALSE(like_pattern("ends\\", "\\", "", '!'));
}

TEST(Patterns, OfRegularExpressionsArePortableOrRefused) {
  EXPECT_EQ(regex_pattern("^a.\\d$", RegexFlavour::posix, RegexUse::like).value(), "^a.[0-9]$");
  EXPECT_EQ(regex_pattern("^a.\\d$", RegexFlavour::java, RegexUse::like).value(), "(?s)^a.[0-9]\\z");
  EXPECT_EQ(regex_pattern("(a)|b", RegexFlavour::re2, RegexUse::like).value(), "(?s)(?:a)|b");
  EXPECT_EQ(regex_pattern("(?:a.)(b)", RegexFlavour::posix_extended, RegexUse::substring).value(), "(a.)(b)");
  EXPECT_FALSE(regex_pattern("(?:a.)(b)", RegexFlavour::posix_extended, RegexUse::replace_all));
  EXPECT_FALSE(regex_pattern("a|b", RegexFlavour::re2, RegexUse::substring));
  for (const char* refused : {"(?=a)", "a*?", "\\1", "[[:alpha:]]", "(a", "a)", "[a", "\\", "a++", "a{2}+", "a{2"}) {
    EXPECT_FALSE(regex_pattern(refused, RegexFlavour::posix, RegexUse::like)) << refused;
  }
  // PostgreSQL takes the longest text, others the first that their backtracking finds.
  for (const char* refused : {"a*(ab)?", "(a+b)*", "(x(a|b)y)+z*", "(ab){1,2}c?"}) {
    EXPECT_FALSE(regex_pattern(refused, RegexFlavour::posix, RegexUse::substring)) << refused;
  }
  for (const char* taken : {"(ab)+", "(ab){2}c*", "(a)*b+", "[a-z]+,(x)?", "^a+[^a]*b?$"}) {
    EXPECT_TRUE(regex_pattern(taken, RegexFlavour::posix, RegexUse::substring)) << taken;
  }
  EXPECT_TRUE(regex_pattern("a*(ab)?", RegexFlavour::posix, RegexUse::like));
  // RE2 replaces no empty text next to a match.
  for (const char* refused : {"x*", "(x?)", "x{0,2}", "^x*$", "(a|b)?"}) {
    EXPECT_FALSE(regex_pattern(refused, RegexFlavour::re2, RegexUse::replace_all)) << refused;
  }
  for (const char* taken : {"^", "x+", "ax*", "(ax)+", "$"}) {
    EXPECT_TRUE(regex_pattern(taken, RegexFlavour::re2, RegexUse::replace_all)) << taken;
  }
  EXPECT_TRUE(regex_pattern("x*", RegexFlavour::re2, RegexUse::replace_first));
  EXPECT_EQ(regex_replacement("\\2-\\1 $", RegexFlavour::java).value(), "$2-$1 \\$");
  EXPECT_EQ(regex_replacement("\\&", RegexFlavour::re2).value(), "\\0");
}

}  // namespace
}  // namespace penstock::dialects
