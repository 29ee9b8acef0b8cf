#include <gtest/gtest.h>

#include "connectors/trino/page.h"
#include "connectors/trino/session.h"
#include "connectors/trino/settlement.h"

namespace penstock::trino {
namespace {

const std::string kOrigin = "https://trino.example:8443";

std::string page_with(const std::string& members) {
  return R"({"id":"20260101_000000_00001_abcde","stats":{"state":"RUNNING"},)" + members + "}";
}

TEST(TrinoPage, KeepsOnlyThePathOfItsNextPage) {
  const auto page = parse_page(page_with(R"("nextUri":"https://trino.example:8443/v1/statement/queued/q/s/1")"), kOrigin);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->next, "/v1/statement/queued/q/s/1");
}

TEST(TrinoPage, RefusesANextPageElsewhere) {
  for (const char* elsewhere : {"https://evil.example:8443/v1/statement/x", "http://trino.example:8443/v1/statement/x",
                                "https://trino.example:84433/v1/statement/x", "https://trino.example:8443.evil.example/v1"}) {
    const auto page = parse_page(page_with(std::string("\"nextUri\":\"") + elsewhere + "\""), kOrigin);
    ASSERT_FALSE(page) << elsewhere;
    EXPECT_EQ(page.error().kind, ErrorKind::permanent);
  }
}

TEST(TrinoPage, CellsAreWrittenAsEverywhere) {
  const auto page =
      parse_page(page_with(R"json("columns":[{"name":"a","type":"varbinary"},{"name":"b","type":"timestamp(3) with time zone"},
      {"name":"c","type":"double"},{"name":"d","type":"time(3)"},{"name":"e","type":"boolean"},{"name":"f","type":"array(integer)"},
      {"name":"g","type":"timestamp(0)"},{"name":"h","type":"double"},{"name":"i","type":"varchar"}],
      "data":[["AP8=","2001-02-03 02:05:06.250 UTC",1e20,"04:05:06.000",true,[1,2],"2001-02-03 04:05:06","NaN","1.50"]])json"),
                 kOrigin);
  ASSERT_TRUE(page) << page.error().message;
  const std::vector<std::string> expected = {"\\x00ff", "2001-02-03 02:05:06.25+00", "1e+20", "04:05:06", "true",
                                             "[1,2]",   "2001-02-03 04:05:06",       "NaN",   "1.50"};
  ASSERT_EQ(page->rows.size(), 1U);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(page->rows[0][i], expected[i]);
}

TEST(TrinoPage, NonsenseIsNoPage) {
  for (const char* body : {"", "[]", "<html>", "{\"id\":1}", "null", "{"}) EXPECT_FALSE(parse_page(body, kOrigin)) << body;
}

TEST(TrinoErrors, AreSortedByCodeAndType) {
  EXPECT_EQ(kind_of({1, "SYNTAX_ERROR", "USER_ERROR", "", 0, 0}), ErrorKind::permanent);
  EXPECT_EQ(kind_of({131074, "QUERY_QUEUE_FULL", "INSUFFICIENT_RESOURCES", "", 0, 0}), ErrorKind::throttled);
  EXPECT_EQ(kind_of({131999, "NEW_ONE", "INSUFFICIENT_RESOURCES", "", 0, 0}), ErrorKind::resource);
  EXPECT_EQ(kind_of({16777300, "ICEBERG_SOMETHING", "EXTERNAL", "", 0, 0}), ErrorKind::transient);
  EXPECT_EQ(kind_of({3, "USER_CANCELED", "USER_ERROR", "", 0, 0}), ErrorKind::cancelled);
}

TEST(TrinoErrors, OnlyFaultsOfTheStatementAreSureToHaveNoEffect) {
  EXPECT_FALSE(may_have_landed({8, "DIVISION_BY_ZERO", "USER_ERROR", "", 0, 0}));
  EXPECT_TRUE(may_have_landed({2, "ABANDONED_QUERY", "USER_ERROR", "", 0, 0}));
  EXPECT_TRUE(may_have_landed({3, "USER_CANCELED", "USER_ERROR", "", 0, 0}));
  EXPECT_TRUE(may_have_landed({65540, "PAGE_TRANSPORT_TIMEOUT", "INTERNAL_ERROR", "", 0, 0}));
}

TEST(TrinoSnapshots, StandBesideTheTable) {
  EXPECT_EQ(snapshots_of("lake.ops.flights"), "lake.ops.\"flights$snapshots\"");
  EXPECT_EQ(snapshots_of("\"lake\".\"o.ps\".\"fli\"\"ghts\""), "\"lake\".\"o.ps\".\"fli\"\"ghts$snapshots\"");
  EXPECT_EQ(snapshots_of("flights"), "\"flights$snapshots\"");
}

TEST(TrinoHandle, ComesBackAsItWas) {
  const Position position{3, true, "20260101_000000_00001_abcde", "/v1/statement/executing/q/s/4", "token1"};
  const auto back = to_position(to_handle(position));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->statement, 3U);
  EXPECT_TRUE(back->gave_rows);
  EXPECT_EQ(back->query_id, position.query_id);
  EXPECT_EQ(back->page, position.page);
  EXPECT_EQ(back->token, "token1");
  for (const char* text : {"", "trino:", "trino:x:0:t:q:/v1/statement/1", "trino:0:0:t:q/../x:/v1/statement/1", "trino:0:0:t:q:/v1/query/1",
                           "trino:0:0:t:q:@evil.example/"}) {
    EXPECT_FALSE(to_position({text})) << text;
  }
}

}  // namespace
}  // namespace penstock::trino
