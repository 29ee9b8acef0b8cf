#include "daemon/cli/transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/cli/answer.h"

namespace penstock::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kStream =
    "id: 1\nevent: hello\ndata: {}\n\n"
    ": heartbeat\n\n"
    "id: 2\nevent: run\ndata: {\"id\":\"a\\n\\nb\"}\n\n"
    "id: 3\nevent: step\ndata: {\"name\":\"\xC3\xA9\"}\n\n";

/// "name data" of every event.
std::vector<std::string> parse(const std::vector<std::string_view>& parts) {
  std::vector<std::string> events;
  EventParser parser;
  for (const std::string_view part : parts) {
    EXPECT_TRUE(parser.feed(part, [&](std::string_view name, const Json& data) {
      events.push_back(std::string(name) + " " + data.dump());
      return true;
    }));
  }
  return events;
}

TEST(EventParser, ReadsTheSameWhereverTheNetworkCuts) {
  const std::vector<std::string> whole = parse({kStream});
  EXPECT_THAT(whole, ElementsAre("hello {}", "heartbeat null", "run {\"id\":\"a\\n\\nb\"}", "step {\"name\":\"\xC3\xA9\"}"));
  for (std::size_t first = 0; first <= kStream.size(); ++first) {
    for (std::size_t second = first; second <= kStream.size(); second += 7) {
      ASSERT_EQ(parse({kStream.substr(0, first), kStream.substr(first, second - first), kStream.substr(second)}), whole)
          << first << " " << second;
    }
  }
}

TEST(EventParser, AnUnfinishedMessageWaits) { EXPECT_TRUE(parse({"event: run\ndata: {}\n"}).empty()); }

TEST(EventParser, EndsWhereTheListenerSaysSo) {
  EventParser parser;
  int heard = 0;
  EXPECT_FALSE(parser.feed(kStream, [&](std::string_view, const Json&) { return ++heard < 2; }));
  EXPECT_EQ(heard, 2);
}

/// Answers every call with the same response and keeps the request.
class OneAnswer final : public Transport {
 public:
  explicit OneAnswer(api::Response response) : response_(std::move(response)) {}
  api::Response call(api::Request request) override {
    asked = std::move(request);
    return response_;
  }
  Result<void> follow(const std::string&, const OnEvent&) override { return {}; }

  api::Request asked;

 private:
  api::Response response_;
};

api::Response answer(int status, std::string body) {
  api::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

TEST(Calls, PathsAndParametersAreDecoded) {
  OneAnswer transport(answer(200, "{}"));
  ASSERT_TRUE(get(transport, "/api/v1/pipelines/a%20b?q=x%26y&state=failed&state=unknown&flag&half=%4"));
  EXPECT_EQ(transport.asked.method, "GET");
  EXPECT_EQ(transport.asked.path, "/api/v1/pipelines/a b");
  EXPECT_EQ(transport.asked.parameter("q"), "x&y");
  EXPECT_EQ(transport.asked.query.count("state"), 2U);
  EXPECT_EQ(transport.asked.parameter("flag"), "");
  EXPECT_EQ(transport.asked.parameter("half"), "%4");
}

TEST(Answers, NothingIsTakenForGranted) {
  const Json answer = Json::parse(R"({"text": "x", "number": 7, "at": "2026-03-01T02:15:00.123Z", "none": null})");
  EXPECT_EQ(text_in(answer, "text"), "x");
  EXPECT_EQ(text_in(answer, "none", "-"), "-");
  EXPECT_EQ(text_in(answer, "number"), "");
  EXPECT_EQ(text_in(Json(nullptr), "text"), "");
  EXPECT_EQ(number_in(answer, "number"), 7);
  EXPECT_EQ(number_in(answer, "text"), std::nullopt);
  EXPECT_EQ(time_in(answer, "at"), "2026-03-01T02:15:00Z");
  EXPECT_EQ(time_in(answer, "none", "never"), "never");
  EXPECT_EQ(interval_text(Json::parse(R"({"local_start": "2026-03-01T00:00:00", "local_end": "2026-03-02T00:00:00"})")),
            "2026-03-01 to 2026-03-02");
  EXPECT_EQ(interval_text(Json(nullptr)), "");
}

TEST(Calls, AProblemBecomesAnErrorThatNamesEveryFault) {
  OneAnswer transport(answer(422, R"({"detail": "bad", "errors": [{"pointer": "/a", "detail": "x"}, {"pointer": "/b", "detail": "y"}]})"));
  const Result<Json> result = post(transport, "/api/v1/plan", Json::object(), "key");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(result.error().message, "bad");
  EXPECT_EQ(result.error().hint, "/a: x; /b: y");
  EXPECT_EQ(transport.asked.header("idempotency-key"), "key");
  EXPECT_EQ(transport.asked.header("content-type"), "application/json");
}

TEST(Calls, AProblemsHintIsTheErrors) {
  OneAnswer transport(answer(404, R"({"detail": "there is no pipeline \"ordres\"", "hint": "did you mean \"orders\"?"})"));
  const Result<Json> result = get(transport, "/api/v1/pipelines/ordres");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "there is no pipeline \"ordres\"");
  EXPECT_EQ(result.error().hint, "did you mean \"orders\"?");
}

TEST(Calls, AnAnswerOfSomethingElseIsAnErrorToo) {
  OneAnswer page(answer(200, "<html>"));
  EXPECT_FALSE(get(page, "/api/v1/server"));
  OneAnswer proxy(answer(502, "<html>"));
  const Result<Json> result = get(proxy, "/api/v1/server");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("502"));
  OneAnswer odd(answer(422, R"({"detail": 7, "errors": "none"})"));
  EXPECT_FALSE(get(odd, "/api/v1/server"));
  OneAnswer refused(answer(401, "{}"));
  EXPECT_THAT(get(refused, "/api/v1/server").error().hint, HasSubstr("PENSTOCK_TOKEN"));
}

}  // namespace
}  // namespace penstock::cli
