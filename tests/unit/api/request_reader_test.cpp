#include "daemon/api/request_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::api {
namespace {

using testing::ElementsAre;

std::optional<int> digit(std::string_view text) {
  if (text.size() != 1 || text[0] < '0' || text[0] > '9') return std::nullopt;
  return text[0] - '0';
}

/// The pointers of the problem's errors, in order.
std::vector<std::string> pointers(const Response& refusal) {
  std::vector<std::string> names;
  const Json body = Json::parse(refusal.body);
  for (const Json& each : body.at("errors")) names.push_back(each.at("pointer").get<std::string>());
  return names;
}

TEST(RequestReader, NamesEveryFaultOfTheQuery) {
  Request request;
  request.path = "/api/v1/runs";
  request.query = {{"limit", "1001"}, {"recent", "3x"}, {"since", "soon"}, {"digit", "1,x,3"}, {"digit", "y"}};
  RequestReader reader(request);
  EXPECT_EQ(reader.page(50, 1000).limit, 50);
  EXPECT_EQ(reader.integer("recent", 14, 0, 50), 14);
  EXPECT_FALSE(reader.time("since"));
  EXPECT_THAT(reader.list<int>("digit", digit), ElementsAre(1, 3));
  ASSERT_FALSE(reader.ok());
  const Response refusal = reader.refusal();
  EXPECT_EQ(refusal.status, 422);
  EXPECT_THAT(pointers(refusal), ElementsAre("limit", "recent", "since", "digit", "digit"));
}

TEST(RequestReader, TakesWhatIsRight) {
  Request request;
  request.query = {{"limit", "7"}, {"cursor", "abc"}, {"since", "2026-03-01"}, {"digit", "1,2"}};
  RequestReader reader(request);
  const store::PageRequest page = reader.page(50, 1000);
  EXPECT_EQ(page.limit, 7);
  EXPECT_EQ(page.cursor, "abc");
  EXPECT_EQ(rfc3339(reader.time("since").value()), "2026-03-01T00:00:00.000Z");
  EXPECT_EQ(reader.integer("recent", 14, 0, 50), 14);
  EXPECT_THAT(reader.list<int>("digit", digit), ElementsAre(1, 2));
  EXPECT_TRUE(reader.ok());
}

TEST(RequestReader, NamesEveryFaultOfTheBody) {
  Request request;
  request.body = R"({"pipelin": 1, "full": "yes", "steps": ["a", 2], "note": 5, "parameters": {"day": {}, "n": 3}, "start": "x"})";
  RequestReader reader(request);
  const Json body = reader.body({"full", "steps", "note", "parameters", "start"});
  EXPECT_FALSE(reader.body_flag(body, "full"));
  EXPECT_TRUE(reader.body_names(body, "steps").empty());
  EXPECT_EQ(reader.body_text(body, "note"), "");
  const store::Parameters parameters = reader.body_parameters(body);
  EXPECT_EQ(parameters.at("n"), "3");
  EXPECT_FALSE(reader.body_time(body, "start", "/start", run::Zone()));
  const Response refusal = reader.refusal();
  EXPECT_EQ(refusal.status, 422);
  EXPECT_THAT(pointers(refusal), ElementsAre("/pipelin", "/full", "/steps", "/note", "/parameters/day", "/start"));
}

TEST(RequestReader, ATimeWithoutAnOffsetIsOnTheZonesClock) {
  Request request;
  request.body =
      R"({"day": "2026-03-29", "month": "2026-04", "clock": "2026-03-29T06:00", "instant": "2026-03-29T06:00Z", "offset": "2026-03-29T06:00+05:00"})";
  RequestReader reader(request);
  const Json body = reader.body({"day", "month", "clock", "instant", "offset"});
  const auto berlin = run::Zone::find("Europe/Berlin");
  ASSERT_TRUE(berlin);
  const auto read = [&](const char* key) { return rfc3339(reader.body_time(body, key, key, *berlin).value()); };
  EXPECT_EQ(read("day"), "2026-03-28T23:00:00.000Z");
  EXPECT_EQ(read("month"), "2026-03-31T22:00:00.000Z");
  EXPECT_EQ(read("clock"), "2026-03-29T04:00:00.000Z") << "summer time began at two";
  EXPECT_EQ(read("instant"), "2026-03-29T06:00:00.000Z");
  EXPECT_EQ(read("offset"), "2026-03-29T01:00:00.000Z");
}

TEST(RequestReader, PointersEscapeTheKeysOfTheClient) {
  Request request;
  request.body = R"({"a/b~c": 1, "parameters": {"x/y": null}})";
  RequestReader reader(request);
  reader.body_parameters(reader.body({"parameters"}));
  EXPECT_THAT(pointers(reader.refusal()), ElementsAre("/a~1b~0c", "/parameters/x~1y"));
}

TEST(RequestReader, ABodyThatIsNoObjectCannotBeUnderstood) {
  for (const char* text : {"{", "[]", "3", "{\"a\": \xff}"}) {
    Request request;
    request.body = text;
    RequestReader reader(request);
    reader.body({"a"});
    EXPECT_FALSE(reader.ok()) << text;
    EXPECT_EQ(reader.refusal().status, 400) << text;
  }
}

TEST(RequestReader, TextThatIsNoUnicodeIsStillAnswered) {
  Request request;
  request.path = "/api/v1/runs";
  request.query = {{"digit", "\xff"}};
  RequestReader reader(request);
  reader.list<int>("digit", digit);
  EXPECT_EQ(reader.refusal().status, 422);
}

std::string many(int count, const char* separator, const std::string& open, const std::string& close) {
  std::string text = open;
  for (int i = 0; i < count; ++i) text += (i > 0 ? separator : "") + std::string(open == "{" ? "\"k" + std::to_string(i) + "\":1" : "1");
  return text + close;
}

TEST(RequestReader, ABodyThatHoldsTooMuchIsNotReadOn) {
  for (const std::string& body : {many(95'000, ",", "{", "}"), "{\"a\":" + many(95'000, ",", "[", "]") + "}",
                                  "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}", many(1'001, ",", "{", "}")}) {
    Request request;
    request.body = body;
    RequestReader reader(request);
    EXPECT_EQ(reader.body({"a"}), Json::object());
    const Response refusal = reader.refusal();
    EXPECT_EQ(refusal.status, 422);
    EXPECT_LT(refusal.body.size(), 1000U);
    EXPECT_EQ(Json::parse(refusal.body).at("errors").at(0).at("code"), "too_much");
  }
}

TEST(RequestReader, OfManyFaultsSomeAreToldAndTheOthersCounted) {
  Request request;
  request.body = many(1'000, ",", "{", "}");
  RequestReader reader(request);
  reader.body({});
  const Json refusal = Json::parse(reader.refusal().body);
  EXPECT_EQ(refusal.at("errors").size(), 100U);
  EXPECT_EQ(refusal.at("errors_left_out"), 900);
}

TEST(RequestReader, ALongKeyOrNameIsNotRepeatedInTheAnswer) {
  Request request;
  request.body = "{\"" + std::string(500'000, 'x') + "\":1,\"steps\":[\"" + std::string(400'000, 'y') + "\"]}";
  RequestReader reader(request);
  reader.body_names(reader.body({"steps"}), "steps");
  EXPECT_EQ(pointers(reader.refusal()).size(), 2U);
  EXPECT_LT(reader.refusal().body.size(), 2000U);
}

TEST(RequestReader, NoBodyIsAnEmptyObject) {
  const Request request;
  RequestReader reader(request);
  EXPECT_EQ(reader.body({}), Json::object());
  EXPECT_TRUE(reader.ok());
}

}  // namespace
}  // namespace penstock::api
