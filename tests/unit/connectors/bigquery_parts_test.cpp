#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "connectors/bigquery/announcement.h"
#include "connectors/bigquery/session.h"
#include "connectors/bigquery/value.h"

namespace penstock::bigquery {
namespace {

using Json = nlohmann::json;

TEST(BigqueryJob, AHandleIsReadAsItWasWritten) {
  const Position position{1, 2, "tok1x2", "europe-west1", "example.com:acme"};
  const auto read = to_position(to_handle(position));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->job().text(), "example.com:acme:europe-west1.penstock_tok1x2_1_2");
  for (const char* foreign :
       {"", "nonsense", "trino:0:0:tok:2026_a:", "bigquery:", "bigquery:0:0:tok:EU", "bigquery:0:0:tok:EU:", "bigquery:x:0:tok:EU:acme",
        "bigquery:0:-1:tok:EU:acme", "bigquery:0:0:t/k:EU:acme", "bigquery:0:0:tok:EU:a/../b"}) {
    EXPECT_FALSE(to_position({foreign})) << foreign;
  }
}

TEST(BigqueryJob, AnIdTellsWhoseItIs) {
  const auto position = position_of_id("penstock_tok1x2_10_3");
  ASSERT_TRUE(position);
  EXPECT_EQ(position->token, "tok1x2");
  EXPECT_EQ(position->statement, 10U);
  EXPECT_EQ(position->tries, 3);
  for (const char* other : {"", "penstock_", "penstock_1_2", "penstock_tok_1", "penstock_tok_a_1", "job_tok_1_1", "penstock_tok_1_"}) {
    EXPECT_FALSE(position_of_id(other)) << other;
  }
}

TEST(BigqueryJob, OnlyDoneWithoutAnErrorIsSuccess) {
  const auto running = parse_job(Json::parse(R"({"status":{"state":"RUNNING","errors":[{"reason":"x"}]}})"));
  EXPECT_FALSE(running->has_ended);
  const auto warned = parse_job(Json::parse(R"({"status":{"state":"DONE","errors":[{"reason":"x"}]},"statistics":{"creationTime":"1000",
      "startTime":"1500","endTime":"4000","totalBytesProcessed":"7","query":{"statementType":"MERGE","numDmlAffectedRows":"5"}}})"));
  ASSERT_TRUE(warned);
  EXPECT_TRUE(warned->has_ended);
  EXPECT_FALSE(warned->error);
  EXPECT_EQ(warned->changed_rows, 5);
  EXPECT_EQ(warned->processed_bytes, 7);
  EXPECT_EQ(warned->engine_time, std::chrono::milliseconds(2500));
  const auto stopped = parse_job(Json::parse(R"({"configuration":{"jobTimeoutMs":"3000"},"status":{"state":"DONE","errorResult":
      {"reason":"stopped","message":"m"}},"statistics":{"creationTime":"1000","endTime":"4000"}})"));
  EXPECT_EQ(stopped->error->reason, "stopped");
  EXPECT_TRUE(stopped->used_up_its_time);
  EXPECT_FALSE(parse_job(Json::object()));
  EXPECT_FALSE(parse_job(Json::array()));
}

TEST(BigqueryJob, ATryIsCountedUntilItsUnitIsForgotten) {
  Tries tries;
  EXPECT_EQ(tries.next("a", 0), 0);
  tries.failed({0, 0, "a", "EU", "p"});
  tries.failed({1, 4, "a", "EU", "p"});
  tries.failed({0, 0, "ab", "EU", "p"});
  EXPECT_EQ(tries.next("a", 0), 1);
  EXPECT_EQ(tries.next("a", 1), 5);
  tries.forget("a");
  EXPECT_EQ(tries.next("a", 0) + tries.next("a", 1), 0);
  EXPECT_EQ(tries.next("ab", 0), 1);
}

TEST(BigqueryValue, TypesAreSpeltAsInSql) {
  const auto spelt = [](const char* field) { return type_of(Json::parse(field)); };
  EXPECT_EQ(spelt(R"({"type":"INTEGER"})"), "INT64");
  EXPECT_EQ(spelt(R"({"type":"FLOAT","mode":"NULLABLE"})"), "FLOAT64");
  EXPECT_EQ(spelt(R"({"type":"BOOLEAN"})"), "BOOL");
  EXPECT_EQ(spelt(R"({"type":"NUMERIC","precision":"10","scale":"2"})"), "NUMERIC(10,2)");
  EXPECT_EQ(spelt(R"({"type":"BIGNUMERIC","precision":"50"})"), "BIGNUMERIC(50)");
  EXPECT_EQ(spelt(R"({"type":"STRING","maxLength":"20"})"), "STRING(20)");
  EXPECT_EQ(spelt(R"({"type":"DATETIME","mode":"REPEATED"})"), "ARRAY<DATETIME>");
  EXPECT_EQ(spelt(R"({"type":"RANGE","rangeElementType":{"type":"DATE"}})"), "RANGE<DATE>");
  EXPECT_EQ(
      spelt(R"({"type":"RECORD","mode":"REPEATED","fields":[{"name":"a","type":"INTEGER"},{"name":"b","type":"STRING","maxLength":"3"}]})"),
      "ARRAY<STRUCT<a INT64, b STRING(3)>>");
}

TEST(BigqueryValue, CellsAreTheSameTextAsOnEveryEngine) {
  const auto cell = [](const char* type, const char* value) {
    return cell_of(Json(value), {{"type", type}, {"mode", "NULLABLE"}}).value_or("<null>");
  };
  EXPECT_EQ(cell("INTEGER", "-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(cell("FLOAT", "1.0E20"), "1e+20");
  EXPECT_EQ(cell("FLOAT", "-Infinity"), "-Infinity");
  EXPECT_EQ(cell("FLOAT", "NaN"), "NaN");
  EXPECT_EQ(cell("BYTES", "AP8="), "\\x00ff");
  EXPECT_EQ(cell("BYTES", ""), "\\x");
  EXPECT_EQ(cell("TIME", "04:05:06.500000"), "04:05:06.5");
  EXPECT_EQ(cell("DATETIME", "2001-02-03T04:05:06.120000"), "2001-02-03 04:05:06.12");
  EXPECT_EQ(cell("TIMESTAMP", "981165906250000"), "2001-02-03 02:05:06.25+00");
  EXPECT_EQ(cell("TIMESTAMP", "9.8116590625E8"), "2001-02-03 02:05:06.25+00");
  EXPECT_EQ(cell("TIMESTAMP", "-1"), "1969-12-31 23:59:59.999999+00");
  EXPECT_EQ(cell("NUMERIC", "1.5"), "1.5");
  EXPECT_EQ(cell_of(nullptr, {{"type", "STRING"}}), std::nullopt);
  const Json field = Json::parse(
      R"({"type":"RECORD","mode":"REPEATED","fields":[{"name":"z","type":"BYTES"},{"name":"a","type":"INTEGER","mode":"REPEATED"}]})");
  const Json value = Json::parse(R"([{"v":{"f":[{"v":"AP8="},{"v":[{"v":"1"},{"v":"2"}]}]}},{"v":{"f":[{"v":null},{"v":[]}]}}])");
  EXPECT_EQ(cell_of(value, field), R"([{"a":["1","2"],"z":"\\x00ff"},{"a":[],"z":null}])");
}

TEST(BigqueryValue, RowsThatDoNotFitTheirSchemaAreRefused) {
  const Json fields = Json::parse(R"([{"name":"a","type":"INTEGER"}])");
  EXPECT_EQ(rows_of(Json::parse(R"({"rows":[{"f":[{"v":"1"}]}]})"), fields)->at(0).at(0), "1");
  EXPECT_TRUE(rows_of(Json::object(), fields)->empty());
  for (const char* broken : {R"({"rows":[{"f":[]}]})", R"({"rows":["x"]})", R"({"rows":[{"g":1}]})"}) {
    EXPECT_FALSE(rows_of(Json::parse(broken), fields)) << broken;
  }
}

Error error_of(const char* reason, const std::string& message, int status = 0, const std::string& statement = {}) {
  return to_error({status, reason, message}, message, statement);
}

TEST(BigqueryErrors, AreSortedByReasonAndByFamilyWhereItTellsTooLittle) {
  EXPECT_EQ(error_of("invalidQuery", "Syntax error").kind, ErrorKind::permanent);
  EXPECT_EQ(error_of("notFound", "x", 404).kind, ErrorKind::permanent);
  EXPECT_EQ(error_of("accessDenied", "x", 403).kind, ErrorKind::permission);
  EXPECT_EQ(error_of("rateLimitExceeded", "x", 403).kind, ErrorKind::throttled);
  EXPECT_EQ(error_of("quotaExceeded", "x", 403).kind, ErrorKind::throttled);
  EXPECT_EQ(error_of("jobBackendError", "x").kind, ErrorKind::transient);
  EXPECT_EQ(error_of("stopped", "x").kind, ErrorKind::cancelled);
  EXPECT_EQ(error_of("resourcesExceeded", "x").kind, ErrorKind::resource);
  EXPECT_EQ(error_of("never_heard_of", "x", 400).kind, ErrorKind::permanent);
  EXPECT_EQ(error_of("", "", 401).kind, ErrorKind::unauthenticated);
  EXPECT_EQ(error_of("", "", 503).vendor_code, "HTTP 503");
  const Error second = error_of("invalidQuery", "Could not serialize access to table p:d.t due to concurrent update");
  EXPECT_EQ(second.kind, ErrorKind::conflict);
  EXPECT_EQ(second.vendor_code, "invalidQuery/concurrentUpdate");
  EXPECT_EQ(error_of("resourcesExceeded", "Too many DML statements outstanding against table p:d.t, limit is 20").kind,
            ErrorKind::throttled);
  EXPECT_EQ(error_of("notFound", "Could not serialize access to table p:d.t").kind, ErrorKind::permanent) << "only with its reason";
}

TEST(BigqueryErrors, ThePlaceIsAnOffset) {
  const std::string statement = "select 'ä',\n  nothing";
  EXPECT_EQ(error_of("invalidQuery", "Unrecognized name: nothing at [2:3]", 400, statement).statement_offset, 15);
  EXPECT_EQ(error_of("invalidQuery", "Syntax error at [1:12]", 400, statement).statement_offset, 12);
  for (const char* without : {"division by zero: 1 / 0", "array [1, 2]", "at [9:1]", "at [x:y]", "at [0:0]"}) {
    EXPECT_EQ(error_of("invalidQuery", without, 400, statement).statement_offset, -1) << without;
  }
}

TEST(BigqueryErrors, AnAnswerOfSomebodyElseIsNone) {
  const ApiError error =
      error_of_answer(403, Json::parse(R"({"error":{"code":403,"message":"m","errors":[{"reason":"rateLimitExceeded"}]}})"));
  EXPECT_EQ(error.reason, "rateLimitExceeded");
  EXPECT_TRUE(is_passing(error));
  EXPECT_TRUE(error_of_answer(502, Json(Json::value_t::discarded)).reason.empty());
  EXPECT_TRUE(error_of_answer(400, Json::parse(R"({"error":"invalid_grant"})")).reason.empty());
}

TEST(BigqueryAnnouncement, SaysWhoseJobItIsAndWhatItMayCost) {
  Target target;
  target.project = "acme";
  target.table_project = "lake";
  target.dataset = "marts";
  target.priority = "BATCH";
  target.reservation = "none";
  target.maximum_bytes_billed = "1000";
  connectors::Unit unit;
  unit.timeout = std::chrono::seconds(10);
  const Json body = announcement(target, {"acme", "EU", "penstock_t_0_0"}, "select 1", {"t", "R-1", "Daily.Zoë", 2}, unit);
  EXPECT_EQ(body, Json::parse(R"({"jobReference":{"projectId":"acme","jobId":"penstock_t_0_0","location":"EU"},"configuration":{
    "labels":{"penstock_token":"t","penstock_run":"r-1","penstock_step":"daily_zo__","penstock_attempt":"2"},
    "jobTimeoutMs":"12000","reservation":"none","query":{"query":"select 1","useLegacySql":false,"priority":"BATCH","maximumBytesBilled":"1000",
    "defaultDataset":{"projectId":"lake","datasetId":"marts"},"connectionProperties":[{"key":"dataset_project_id","value":"lake"}]}}})"));
  EXPECT_EQ(label_text(std::string(100, 'A')), std::string(63, 'a'));
  EXPECT_TRUE(dry_run(target, "EU", "select 1")["configuration"]["dryRun"].get<bool>());
  unit.compute["reservation"] = "projects/acme/locations/EU/reservations/large";
  EXPECT_EQ(announcement(target, {"acme", "EU", "x"}, "select 1", {"t", "", "", 1}, unit)["configuration"]["reservation"],
            unit.compute["reservation"]);
}

}  // namespace
}  // namespace penstock::bigquery
