#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "connectors/databricks/errors.h"
#include "connectors/databricks/position.h"
#include "connectors/databricks/statement.h"
#include "connectors/databricks/target.h"

namespace penstock::databricks {
namespace {

using Json = nlohmann::json;

TEST(DatabricksHandle, ComesBackAsItWas) {
  const Position position{2, WallClock::time_point(std::chrono::seconds(1'800'000'000)), "tok1", "01f0-ab"};
  const auto read = to_position(to_handle(position));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->statement, 2U);
  EXPECT_EQ(read->since, position.since);
  EXPECT_EQ(read->token, "tok1");
  EXPECT_EQ(read->id, "01f0-ab");
  EXPECT_TRUE(to_position({"databricks:0:1:tok:"})) << "what has not been sent yet has no id";
}

TEST(DatabricksHandle, NothingElseIsAskedForWithOurLogin) {
  for (const char* text :
       {"", "trino:0:0:t:q:p", "databricks:", "databricks:x:1:t:i", "databricks:0:x:t:i", "databricks:0:1::i",
        "databricks:0:1:t:../warehouses", "databricks:0:1:t:i/cancel", "databricks:0:1:t:i?x=1", "databricks:-1:1:t:i"}) {
    EXPECT_FALSE(to_position({text})) << text;
  }
}

TEST(DatabricksMark, IsReadWhereItStandsAtTheHead) {
  connectors::Token token{"tok9", "r-1", "sales.*/ drop table x --", 3};
  const std::string comment = comment_of(token, 4);
  EXPECT_EQ(comment, "/* penstock:tok9:4 run=r-1 step=sales.???drop?table?x?-- attempt=3 */\n");
  const auto mark = read_mark(comment + "select 1");
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->first, "tok9");
  EXPECT_EQ(mark->second, 4U);
  for (const char* text : {"select '/* penstock:tok9:4 */'", "/* penstock:tok9 */", "/* penstock::4 */", "/* penstock:tok9:x */", ""}) {
    EXPECT_FALSE(read_mark(text)) << text;
  }
}

TEST(DatabricksErrors, AreToldByTheirCondition) {
  const StatementError error = to_statement_error("BAD_REQUEST", "42703",
                                                  "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `nothing` cannot be resolved. "
                                                  "SQLSTATE: 42703; line 2 pos 7;\n'Project ['nothing]");
  EXPECT_EQ(error.condition, "UNRESOLVED_COLUMN.WITH_SUGGESTION");
  EXPECT_EQ(error.line, 2);
  EXPECT_EQ(error.column, 8);
  EXPECT_EQ(error.message, "A column with name `nothing` cannot be resolved. SQLSTATE: 42703; line 2 pos 7;");
  EXPECT_EQ(kind_of(error), ErrorKind::permanent);
  EXPECT_EQ(to_statement_error("", "", "\n[PARSE_SYNTAX_ERROR] Syntax error at 'selec'. (line 1, pos 0)\n\n== SQL ==").column, 1);
}

TEST(DatabricksErrors, WhatStandsInTheMessageAloneCountsForNothing) {
  EXPECT_EQ(kind_of(to_statement_error("BAD_REQUEST", "", "it says DELTA_CONCURRENT_APPEND")), ErrorKind::permanent);
  EXPECT_EQ(kind_of(to_statement_error("BAD_REQUEST", "", "[DELTA_CONCURRENT_APPEND.ROW_LEVEL_CHANGES] x")), ErrorKind::conflict);
  EXPECT_EQ(kind_of(to_statement_error("BAD_REQUEST", "", "[DELTA_CONCURRENT_DELETE_READ.CHANGE_TYPE_COLUMN] x")), ErrorKind::permanent);
  EXPECT_EQ(kind_of(to_statement_error("BAD_REQUEST", "08KD1", "busy")), ErrorKind::transient);
  EXPECT_EQ(kind_of(to_statement_error("RESOURCE_EXHAUSTED", "", "queue")), ErrorKind::throttled);
  EXPECT_EQ(kind_of(to_statement_error("NEVER_HEARD_OF", "", "")), ErrorKind::permanent);
}

TEST(DatabricksErrors, ACommitWhoseSequelFailedIsACommit) {
  EXPECT_TRUE(has_committed(to_statement_error("BAD_REQUEST", "2DKD0", "[DELTA_POST_COMMIT_HOOK_FAILED] x")));
  EXPECT_FALSE(may_have_landed(to_statement_error("BAD_REQUEST", "22012", "[DIVIDE_BY_ZERO] x")));
  EXPECT_FALSE(may_have_landed(to_statement_error("BAD_REQUEST", "2D521", "[DELTA_CONCURRENT_APPEND] x")));
  EXPECT_TRUE(may_have_landed(to_statement_error("INTERNAL_ERROR", "XX000", "x")));
}

TEST(DatabricksStatement, CellsHaveTheFormsOfAllTargets) {
  Json answer = {{"statement_id", "1-2"}, {"status", {{"state", "SUCCEEDED"}}}};
  const std::vector<std::array<const char*, 3>> cells = {{"BOOLEAN", "true", "true"},
                                                         {"DECIMAL(10,2)", "1.50", "1.50"},
                                                         {"DOUBLE", "1.0E20", "1e+20"},
                                                         {"FLOAT", "0.1", "0.1"},
                                                         {"BINARY", "AP8=", "\\x00ff"},
                                                         {"TIMESTAMP", "2001-02-03T04:05:06.250Z", "2001-02-03 04:05:06.25+00"},
                                                         {"TIMESTAMP_NTZ", "2001-02-03T04:05:06.000", "2001-02-03 04:05:06"},
                                                         {"STRING", "Zoë ☃", "Zoë ☃"}};
  Json row = Json::array();
  for (const auto& [type, given, expected] : cells) {
    answer["manifest"]["schema"]["columns"].push_back({{"name", "c"}, {"type_text", type}});
    row.push_back(given);
  }
  answer["result"] = {{"data_array", {row}}, {"next_chunk_index", 1}};
  const Result<Statement> statement = to_statement(answer);
  ASSERT_TRUE(statement) << statement.error().message;
  ASSERT_EQ(statement->rows.size(), 1U);
  for (std::size_t i = 0; i < cells.size(); ++i) EXPECT_EQ(statement->rows[0][i], cells[i][2]) << cells[i][0];
  EXPECT_EQ(statement->next_chunk, 1);
}

TEST(DatabricksStatement, WhatIsNoneIsRefused) {
  for (const char* text : {"{}", "[]", "1", R"({"statement_id": "x"})", R"({"statement_id": "x", "status": {"state": "NEW"}})",
                           R"({"statement_id": 1, "status": {"state": []}})"}) {
    EXPECT_FALSE(to_statement(Json::parse(text))) << text;
  }
  const Json bad = Json::parse(R"({"statement_id": "x", "status": {"state": "SUCCEEDED"}, "result": {"data_array": [["1"]]}})");
  EXPECT_FALSE(to_statement(bad)) << "a cell without a column";
}

Result<Target> target_of(std::map<std::string, std::string, std::less<>> values) {
  connectors::Settings settings;
  settings.name = "there";
  settings.type = "databricks";
  settings.values = std::move(values);
  const auto elsewhere = [](const std::string&) { return std::vector<std::string>{"192.0.2.7"}; };
  return make_target(settings, elsewhere, [](const char*) { return std::string(); });
}

TEST(DatabricksTarget, ReadsHostAndWarehouse) {
  const auto target = target_of(
      {{"host", "Acme.cloud.databricks.com"}, {"warehouse", "/sql/1.0/warehouses/1a2b"}, {"token", "dapi"}, {"history_lag", "1m"}});
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(target->endpoint->url.origin(), "https://acme.cloud.databricks.com");
  EXPECT_EQ(target->warehouse, "1a2b");
  EXPECT_EQ(target->history_lag, std::chrono::minutes(1));
  EXPECT_EQ(target->token_service, nullptr);
  const auto principal = target_of({{"host", "https://a.example/"}, {"warehouse", "1"}, {"client_id", "i"}, {"client_secret", "s"}});
  ASSERT_TRUE(principal) << principal.error().message;
  EXPECT_EQ(principal->token_service->url.path, "/oidc/v1/token");
}

TEST(DatabricksTarget, ContradictionsAreNamed) {
  const std::vector<std::pair<std::map<std::string, std::string, std::less<>>, std::string>> wrong = {
      {{{"host", "a"}, {"warehouse", "1"}}, "no login"},
      {{{"host", "a"}, {"warehouse", "1"}, {"token", "t"}, {"client_id", "i"}, {"client_secret", "s"}}, "two ways"},
      {{{"host", "a"}, {"warehouse", "1"}, {"client_id", "i"}}, "belong together"},
      {{{"host", "a"}, {"warehouse", "1 or 2"}, {"token", "t"}}, "`warehouse`"},
      {{{"host", "a/b"}, {"warehouse", "1"}, {"token", "t"}}, "`host`"},
      {{{"host", "http://a.example"}, {"warehouse", "1"}, {"token", "t"}}, "unencrypted"},
      {{{"host", "a"}, {"warehouse", "1"}, {"token", "t"}, {"tokn", "t"}}, "tokn"}};
  for (const auto& [values, word] : wrong) {
    const auto target = target_of(values);
    ASSERT_FALSE(target) << word;
    EXPECT_EQ(target.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(target.error().message.find(word), std::string::npos) << target.error().message;
  }
}

}  // namespace
}  // namespace penstock::databricks
