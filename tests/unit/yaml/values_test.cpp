#include <gtest/gtest.h>

#include "pipelines/yaml/duration.h"
#include "pipelines/yaml/names.h"
#include "pipelines/yaml/secrets.h"
#include "pipelines/yaml/types.h"

namespace penstock::yaml {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Duration, IsReadWithItsUnits) {
  EXPECT_EQ(parse_duration("90s"), seconds(90));
  EXPECT_EQ(parse_duration("15m"), minutes(15));
  EXPECT_EQ(parse_duration("1h30m"), minutes(90));
  EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration("1m500ms"), milliseconds(60500));
  EXPECT_EQ(parse_duration("2d"), hours(48));
  EXPECT_EQ(parse_duration("1w"), hours(168));
  EXPECT_EQ(parse_duration("PT15M"), minutes(15));
  EXPECT_EQ(parse_duration("P1DT2H"), hours(26));
  EXPECT_EQ(parse_duration("P2W"), hours(336));
  EXPECT_EQ(parse_duration("0s"), seconds(0));
}

TEST(Duration, RefusesAnythingElse) {
  for (const char* text : {"",         "15",    "15 m",     "m",   "-5m", "5m-",  "1m1h", "1m1m",
                           "1.5h",     "P",     "PT",       "P1M", "P1Y", "PT1D", "1h30", "99999999999999999999s",
                           "9999999w", "4000d", "tomorrow", "5M"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Names, GivenNamesAreLowerCaseWords) {
  for (const char* name : {"a", "_a", "daily_sales", "a1"}) EXPECT_TRUE(is_given_name(name)) << name;
  for (const char* name : {"", "1a", "A", "a-b", "a b", "a.b", "\xC3\xA4"}) EXPECT_FALSE(is_given_name(name)) << name;
  EXPECT_TRUE(is_given_name(std::string(63, 'a')));
  EXPECT_FALSE(is_given_name(std::string(64, 'a')));
  EXPECT_EQ(nearest_given_name("Daily  Sales!"), "daily_sales");
  EXPECT_EQ(nearest_given_name("2024-orders"), "_2024_orders");
  EXPECT_EQ(nearest_given_name("\xC3\xA4"), "");
}

TEST(Names, ColumnsFoldUnlessTheyAreQuoted) {
  EXPECT_EQ(read_identifier("Order_Id")->text(), "order_id");
  EXPECT_EQ(read_identifier("\"Order Id\"")->text(), "Order Id");
  EXPECT_EQ(read_identifier("\"a\"\"b\"")->text(), "a\"b");
  for (const char* name : {"", "1a", "a b", "a.b", "\"a", "\"\"", "\"a\"b", "a-b"}) EXPECT_FALSE(read_identifier(name).has_value()) << name;
}

TEST(Names, TablesHaveUpToThreeParts) {
  EXPECT_EQ(to_string(*read_table_name("orders")), "orders");
  EXPECT_EQ(to_string(*read_table_name("Lake.Raw.Orders")), "lake.raw.orders");
  const Result<TableName> quoted = read_table_name("raw.\"Order.Lines\"");
  ASSERT_TRUE(quoted.has_value());
  EXPECT_EQ(quoted->schema.text(), "raw");
  EXPECT_EQ(quoted->name.text(), "Order.Lines");
  for (const char* name : {"", ".", "a.", ".a", "a..b", "a.b.c.d", "a b"}) EXPECT_FALSE(read_table_name(name).has_value()) << name;
}

TEST(Types, MayBeNotNull) {
  EXPECT_EQ(split_type("int64 not null").type, "int64");
  EXPECT_TRUE(split_type("int64  NOT  NULL ").not_null);
  EXPECT_EQ(split_type("decimal(12, 2) not null").type, "decimal(12, 2)");
  EXPECT_FALSE(split_type("int64").not_null);
  EXPECT_FALSE(split_type("not null").not_null);
  EXPECT_FALSE(split_type("int64 notnull").not_null);
}

TEST(Types, MayBeTrimmed) {
  for (const char* text : {"varchar(10) not null trimmed", "varchar(10) trimmed not null", "varchar(10)  Trimmed NOT  NULL "}) {
    const TypeText parts = split_type(text);
    EXPECT_EQ(parts.type, "varchar(10)") << text;
    EXPECT_TRUE(parts.not_null && parts.trimmed) << text;
  }
  EXPECT_EQ(split_type("text trimmed").type, "text");
  EXPECT_FALSE(split_type("text trimmed").not_null);
  EXPECT_FALSE(split_type("trimmed").trimmed);
  EXPECT_EQ(split_type("text trimmed trimmed").type, "text trimmed");
  EXPECT_EQ(split_type("text nottrimmed").type, "text nottrimmed");
}

TEST(Secrets, AreHiddenByteByByte) {
  const auto hidden = [](const std::string& text) {
    const std::string result = without_secrets(text);
    EXPECT_EQ(result.size(), text.size());
    return result;
  };
  EXPECT_EQ(hidden("password: hunter2\nuser: etl\n"), "password: *******\nuser: etl\n");
  EXPECT_EQ(hidden("a: { password: hunter2, user: etl }\n"), "a: { password: *******, user: etl }\n");
  EXPECT_EQ(hidden("a: { \"api_key\": 'x, y', user: etl }\n"), "a: { \"api_key\": *** **, user: etl }\n");
  EXPECT_EQ(hidden("password: env:NAME\ntoken: \"file:/run/x\"\n"), "password: env:NAME\ntoken: \"file:/run/x\"\n");
  EXPECT_EQ(hidden("url: postgres://etl:hunter2@db/x\n"), "url: postgres://etl:*******@db/x\n");
  EXPECT_EQ(hidden("url: https://trino.example:8443\n"), "url: https://trino.example:8443\n");
  EXPECT_EQ(hidden("pasword: hunter2\nport: 5432\n"), "pasword: *******\nport: 5432\n");
  EXPECT_EQ(hidden("url: \"postgres://db/x?password=hunter2&sslmode=require\"\n"),
            "url: \"postgres://db/x?password=*******&sslmode=require\"\n");
  EXPECT_EQ(hidden("url: host=db PASSWORD=hunter2 user=etl\n"), "url: host=db PASSWORD=******* user=etl\n");
  EXPECT_EQ(hidden("token: |\n  one\n  two\nuser: etl\n"), "token: *\n  ***\n  ***\nuser: etl\n");
  EXPECT_EQ(hidden("token:\n  one\nuser: etl\n"), "token:\n  ***\nuser: etl\n");
  EXPECT_EQ(hidden("token_url: https://login.example\nclient_key: x\n"), "token_url: https://login.example\nclient_key: *\n");
  EXPECT_EQ(hidden("token: \"one\n  two\"\nuser: etl\n"), "token: ****\n  ****\nuser: etl\n");
}

}  // namespace
}  // namespace penstock::yaml
