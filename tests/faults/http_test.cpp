#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

#include "daemon/api/server.h"
#include "tests/faults/raw_client.h"
#include "tests/unit/api/sample_context.h"

namespace penstock::api {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// The hash is that of the token, as `printf viewer-token | sha256sum` prints it.
constexpr const char* kViewerToken = "viewer-token";
constexpr const char* kViewerHash = "d036bd6d01a1cae081d39a2f8dab751dc042de814fd60df31fcb553170950f29";

class Http : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sample_.ok());
    options_.limits.head_bytes = 2048;
    options_.limits.header_lines = 20;
    options_.limits.body_bytes = 4096;
    options_.limits.head_time = 1s;
    options_.limits.body_time = 1s;
    options_.limits.write_time = 2s;
    options_.limits.idle_time = 20s;
    options_.limits.connections = 8;
    options_.asset = [](std::string_view path) -> std::optional<StaticFile> {
      if (path == "/") return StaticFile{"text/html; charset=utf-8", "PAGE", "\"page\"", false};
      if (path == "/assets/app-1.js") return StaticFile{"text/javascript", "SCRIPT", "\"script\"", true};
      return std::nullopt;
    };
  }

  void start() {
    auto server = Server::start(options_, sample_.get());
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  /// One request on a connection of its own.
  std::string ask(const std::string& bytes) {
    RawClient client(server_->port());
    client.send(bytes);
    return client.read_to_end();
  }

  std::string get(const std::string& path, const std::string& headers = {}) {
    return ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n");
  }

  std::string post(const std::string& path, const std::string& body, const std::string& headers = {},
                   const std::string& type = "application/json") {
    return ask("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: " + type +
               "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body);
  }

  std::string ask_host(const std::string& path, const std::string& host) {
    return ask("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n");
  }

  void expect_still_answers() { EXPECT_THAT(get("/livez"), StartsWith("HTTP/1.1 200")); }

  SampleContext sample_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

TEST_F(Http, AnswersOneRequestAfterTheOtherOnOneConnection) {
  start();
  RawClient client(server_->port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 200"));
  }
}

// What follows a request whose end is in doubt must not be taken as the next one.
TEST_F(Http, ARequestWhoseEndIsInDoubtIs400AndTheConnectionEnds) {
  start();
  const std::string smuggled = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string line = "POST /api/v1/plan HTTP/1.1\r\n";
  const std::string host = "Host: localhost\r\n";
  const std::string json = "Content-Type: application/json\r\n";
  for (const std::string& request : std::initializer_list<std::string>{
           line + host + "Content-Length: 2\r\nContent-Length: 50\r\n\r\n{}",
           line + host + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
           line + host + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
           line + host + "Content-Length : 2\r\n\r\n{}",
           line + host + "Content-Length: -1\r\n\r\n{}",
           line + host + "Transfer-Encoding: identity\r\n\r\n{}",
           line + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
           line + host + "Host: other.example\r\nContent-Length: 2\r\n\r\n{}",
           line + host + std::string("A: b\0c\r\n", 8) + "Content-Length: 2\r\n\r\n{}",
           line + host + "A\rB: c\r\nContent-Length: 2\r\n\r\n{}",
           line + host + "A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}",
           line + host + "A: b\nContent-Length: 2\r\n\r\n{}",
           line + "Host: localhost\n\n",
           line + "Content-Length: 2\r\n\r\n{}",
           line + host + json + "Transfer-Encoding: chunked\r\n\r\n2 \r\n{}\r\n0\r\n\r\n",
           line + host + json + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n",
           line + host + json + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
           std::string("GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"),
           std::string("TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
           std::string("\x16\x03\x01\x02"),
       }) {
    const std::string answer = ask(request + smuggled);
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("application/problem+json"), HasSubstr("Connection: close"))) << request;
    EXPECT_EQ(answer.find("HTTP/1.1 ", 1), std::string::npos) << request << answer;
  }
  expect_still_answers();
}

TEST_F(Http, RequestsThatFollowEachOtherAreAnsweredInTurn) {
  start();
  const std::string head = "POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  RawClient client(server_->port());
  client.send(head + "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\n{\r\n1\r\n}\r\n0\r\nT: u\r\n\r\n" + head + "Content-Length: 2\r\n\r\n{}\r\n" +
              "GET http://localhost/livez HTTP/1.1\r\nHost: evil.example\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + head +
              "Content-Length: 1\r\n\r\n?" + "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  std::string answers = client.read_to_end();
  for (const char* status : {"200", "200", "200", "400", "200"}) {
    ASSERT_THAT(answers, StartsWith("HTTP/1.1 " + std::string(status)));
    answers.erase(0, std::min(answers.find("HTTP/1.1 ", 1), answers.size()));
  }
  EXPECT_EQ(answers, "");
}

TEST_F(Http, ABodyIsAskedForWhereTheClientWaits) {
  start();
  RawClient client(server_->port());
  client.send("POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("{}");
  EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask("POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n"), StartsWith("HTTP/1.1 413"));
}

// Two requests with a few bytes changed: none makes a third request that is taken, none resets or hangs.
TEST_F(Http, MutantsHangNothingAndAreNeverMoreRequests) {
  start();
  std::mt19937 random(20261130);
  const std::string seed =
      "POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
      "POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
  const std::string bytes(" \t\r\n\0:;,-+0259aZ/?#*{}\x7f\x80\xff", 29);
  for (int i = 0; i < 1000; ++i) {
    std::string mutant = seed;
    for (auto change = random() % 3 + 1; change > 0; --change) {
      const std::size_t at = random() % mutant.size();
      const auto kind = random() % 3;
      if (kind == 0) mutant[at] = bytes[random() % bytes.size()];
      if (kind == 1) mutant.insert(at, 1, bytes[random() % bytes.size()]);
      if (kind == 2) mutant.erase(at, random() % 4 + 1);
    }
    RawClient client(server_->port());
    client.send(mutant);
    client.end_sending();
    std::string answers = client.read_to_end();
    ASSERT_THAT(answers, Not(HasSubstr("[reset]"))) << mutant;
    int count = 0;
    for (std::size_t at = answers.find("HTTP/1.1 "); at != std::string::npos; at = answers.find("HTTP/1.1 ", at + 1)) ++count;
    // What is left of a request that a mutant cut short is refused, and that is the last word.
    ASSERT_LE(count, answers.find("Connection: close") == std::string::npos ? 2 : 3) << mutant << "\n----\n" << answers;
  }
  expect_still_answers();
}

TEST_F(Http, TooManyHeaderLinesAre431) {
  start();
  std::string head = "GET /livez HTTP/1.1\r\n";
  for (int i = 0; i < 40; ++i) head += "A: b\r\n";
  EXPECT_THAT(ask(head + "\r\n"), StartsWith("HTTP/1.1 431"));
  expect_still_answers();
}

TEST_F(Http, ATooLongHeadIs431AlsoWhereItNeverEnds) {
  start();
  EXPECT_THAT(ask("GET /" + std::string(3000, 'x') + " HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nA: " + std::string(300'000, 'x')), StartsWith("HTTP/1.1 431"));
  expect_still_answers();
}

TEST_F(Http, HeadersThatDoNotArriveInTimeAre408) {
  start();
  EXPECT_THAT(ask("GET /livez HTTP/1.1\r\nHost: he"), StartsWith("HTTP/1.1 408"));
  expect_still_answers();
}

TEST_F(Http, ABodyBeyondTheLimitIs413ByItsLength) {
  start();
  EXPECT_THAT(post("/api/v1/plan", std::string(100'000, 'x')), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(post("/api/v1/plan", std::string(4097, 'x')), StartsWith("HTTP/1.1 413"));
  expect_still_answers();
}

TEST_F(Http, ABodyUpToTheLimitIsTaken) {
  start();
  EXPECT_THAT(post("/api/v1/plan", std::string(4096, 'x')), StartsWith("HTTP/1.1 400"));
}

TEST_F(Http, AChunkedBodyBeyondTheLimitIs413) {
  start();
  std::string bytes = "POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i) bytes += "3e8\r\n" + std::string(1000, 'x') + "\r\n";
  EXPECT_THAT(ask(bytes + "0\r\n\r\n"), StartsWith("HTTP/1.1 413"));
  expect_still_answers();
}

TEST_F(Http, ABodyThatDoesNotArriveInTimeIs408) {
  start();
  EXPECT_THAT(ask("POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"), StartsWith("HTTP/1.1 408"));
  expect_still_answers();
}

TEST_F(Http, StopEndsIdleAndUnfinishedConnectionsAtOnce) {
  options_.limits.head_time = 60s;
  options_.limits.idle_time = 60s;
  start();
  RawClient idle(server_->port());
  ASSERT_TRUE(idle.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  ASSERT_THAT(idle.read_answer(), StartsWith("HTTP/1.1 200"));
  RawClient half(server_->port());
  ASSERT_TRUE(half.send("GET /livez HT"));
  const auto begun = std::chrono::steady_clock::now();
  server_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
  EXPECT_THAT(idle.read_to_end(), Not(HasSubstr("HTTP/1.1")));
}

TEST_F(Http, AWiderAddressNeedsTlsAndTokens) {
  options_.host = "127.example.com";
  EXPECT_EQ(Server::start(options_, sample_.get()).error().kind, ErrorKind::refused);
  options_.host = "0.0.0.0";
  auto server = Server::start(options_, sample_.get());
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, ErrorKind::refused);
  options_.tokens = {{"ana", Role::viewer, kViewerHash}};
  server = Server::start(options_, sample_.get());
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, ErrorKind::refused);
  EXPECT_THAT(server.error().hint, HasSubstr("certificate"));
}

TEST_F(Http, ATakenPortIsSaid) {
  start();
  options_.port = server_->port();
  const auto second = Server::start(options_, sample_.get());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
}

TEST_F(Http, AMissingOrWrongTokenIs401ExceptForProbes) {
  options_.tokens = {{"ana", Role::viewer, kViewerHash}};
  start();
  for (const char* path : {"/api/v1/server", "/api/v1/openapi.json", "/metrics", "/api/v1/nothing"}) {
    EXPECT_THAT(get(path), StartsWith("HTTP/1.1 401")) << path;
    EXPECT_THAT(get(path, "Authorization: Bearer wrong\r\n"), StartsWith("HTTP/1.1 401")) << path;
  }
  EXPECT_THAT(get("/api/v1/server"), HasSubstr("WWW-Authenticate: Bearer"));
  expect_still_answers();
  EXPECT_THAT(get("/api/v1/server", std::string("Authorization: Bearer ") + kViewerToken + "\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(Http, AViewersTokenMayNotStartARun) {
  options_.tokens = {{"ana", Role::viewer, kViewerHash}};
  start();
  EXPECT_THAT(post("/api/v1/pipelines/routes/runs", "{}", std::string("Authorization: Bearer ") + kViewerToken + "\r\n"),
              StartsWith("HTTP/1.1 403"));
}

TEST_F(Http, APageOfAnotherSiteMayNotPost) {
  start();
  for (const char* origin : {"https://evil.example", "null", "http://localhost.evil.example"}) {
    EXPECT_THAT(post("/api/v1/pipelines/routes/runs", "{}", std::string("Origin: ") + origin + "\r\n"), StartsWith("HTTP/1.1 403"))
        << origin;
  }
  EXPECT_THAT(post("/api/v1/pipelines/routes/runs", "{}", "Origin: http://localhost\r\n"), StartsWith("HTTP/1.1 503"));
}

TEST_F(Http, WithoutTokensOnlyALoopbackNameIsAnswered) {
  start();
  for (const char* host : {"localhost", "localhost:4780", "127.0.0.1", "127.8.9.1:1", "[::1]", "[::1]:4780"}) {
    EXPECT_THAT(ask_host("/api/v1/server", host), StartsWith("HTTP/1.1 200")) << host;
    EXPECT_THAT(ask_host("/", host), StartsWith("HTTP/1.1 200")) << host;
  }
  for (const char* host :
       {"evil.example", "evil.example:4780", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "[::2]", ""}) {
    for (const char* path : {"/api/v1/server", "/metrics", "/livez", "/", "/assets/app-1.js"}) {
      EXPECT_THAT(ask_host(path, host), AllOf(StartsWith("HTTP/1.1 421"), HasSubstr("application/problem+json"))) << host << path;
    }
  }
}

TEST_F(Http, WithTokensAnyNameIsAnswered) {
  options_.tokens = {{"ana", Role::viewer, kViewerHash}};
  start();
  EXPECT_THAT(ask_host("/livez", "penstock.example"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask_host("/", "penstock.example"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask_host("/api/v1/server", "penstock.example"), StartsWith("HTTP/1.1 401"));
}

TEST_F(Http, HeadIsGetWithoutTheBody) {
  start();
  const std::string end = "Host: localhost\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n";
  for (const char* path : {"/api/v1/server", "/livez", "/", "/assets/app-1.js"}) {
    const std::string answer = ask("HEAD " + std::string(path) + " HTTP/1.1\r\n" + end);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200")) << path;
    EXPECT_THAT(answer, HasSubstr("Content-Length: ")) << path;
    EXPECT_THAT(answer, EndsWith("\r\n\r\n")) << path;
  }
}

TEST_F(Http, OptionsAndOtherMethodsNameThoseThatAreAllowed) {
  start();
  const std::string end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  EXPECT_THAT(ask("OPTIONS /api/v1/backfills" + end), AllOf(StartsWith("HTTP/1.1 204"), HasSubstr("Allow: GET, HEAD, POST, OPTIONS")));
  EXPECT_THAT(ask("OPTIONS /runs" + end), AllOf(StartsWith("HTTP/1.1 204"), HasSubstr("Allow: GET, HEAD, OPTIONS")));
  for (const char* method : {"PUT", "PATCH", "DELETE"}) {
    for (const char* path : {" /api/v1/backfills", " /pipelines"}) {
      EXPECT_THAT(ask(method + std::string(path) + end),
                  AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD"), HasSubstr("application/problem+json")))
          << method << path;
    }
  }
  expect_still_answers();
}

TEST_F(Http, APostWithoutALengthHasNoBody) {
  start();
  EXPECT_THAT(ask("POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(Http, ABodyThatIsNoJsonIs415) {
  start();
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""}) {
    EXPECT_THAT(post("/api/v1/plan", "{}", {}, type), AllOf(StartsWith("HTTP/1.1 415"), HasSubstr("application/problem+json"))) << type;
  }
  EXPECT_THAT(post("/api/v1/plan", "{}", {}, "Application/JSON; charset=utf-8"), StartsWith("HTTP/1.1 200"));
  expect_still_answers();
}

TEST_F(Http, WhatCannotBeUnderstoodIsAProblem) {
  options_.limits.head_bytes = 64 * 1024;
  start();
  EXPECT_THAT(ask("BREW /coffee HTTP/1.1\r\nHost: localhost\r\n\r\n"), AllOf(StartsWith("HTTP/1.1 4"), HasSubstr("problem+json")));
  EXPECT_THAT(ask("GET /\r\n\r\n"), AllOf(StartsWith("HTTP/1.1 4"), HasSubstr("problem+json")));
  RawClient client(server_->port());
  ASSERT_TRUE(client.send("GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_THAT(client.read_answer(), AllOf(StartsWith("HTTP/1.1 414"), HasSubstr("problem+json")));
  expect_still_answers();
}

TEST_F(Http, AMissingAssetIs404AndAnyOtherPathIsThePage) {
  start();
  const std::string gzip = "Accept-Encoding: gzip\r\n";
  const std::string script = get("/assets/app-1.js", gzip);
  EXPECT_THAT(script, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(script, HasSubstr("immutable"));
  EXPECT_THAT(script, HasSubstr("Content-Encoding: gzip"));
  EXPECT_THAT(script, HasSubstr("SCRIPT"));
  const std::string missing = get("/assets/app-2.js", gzip);
  EXPECT_THAT(missing, StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(missing, Not(HasSubstr("immutable")));
  for (const char* path : {"/", "/runs/1", "/pipelines/routes.v2"}) {
    EXPECT_THAT(get(path, gzip), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("PAGE"))) << path;
  }
}

TEST_F(Http, ThePageMayLoadNothingFromElsewhereAndNothingInline) {
  start();
  const std::string page = get("/", "Accept-Encoding: gzip\r\n");
  EXPECT_THAT(page, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "));
  EXPECT_THAT(page, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-inline")));
  EXPECT_THAT(page, Not(HasSubstr("blob:")));
  EXPECT_THAT(page, HasSubstr("X-Content-Type-Options: nosniff"));
}

TEST_F(Http, AClientThatTakesNoGzipGetsThePageUnpacked) {
  constexpr std::string_view kPacked("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x0b\xf0\x71\xf4\xf4\x53\x08\x70\x74\x77\x05\x00\x64\x2c\xd4\xa1\x0a\x00\x00\x00", 30);
  options_.asset = [&](std::string_view path) -> std::optional<StaticFile> {
    if (path == "/") return StaticFile{"text/html; charset=utf-8", kPacked, "\"page\"", false};
    return std::nullopt;
  };
  start();
  for (const char* takes : {"", "Accept-Encoding: \r\n", "Accept-Encoding: br, deflate\r\n", "Accept-Encoding: gzip;q=0\r\n", "Accept-Encoding: *;q=0\r\n",
                            "Accept-Encoding: gzip; q=0.000, *\r\n", "Accept-Encoding: identity\r\n"}) {
    EXPECT_THAT(get("/", takes), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("\r\n\r\nPLAIN PAGE"), HasSubstr("Vary: Accept-Encoding"),
                                       HasSubstr("ETag: \"page-unpacked\""), Not(HasSubstr("Content-Encoding"))))
        << takes;
  }
  for (const char* takes : {"Accept-Encoding: gzip\r\n", "Accept-Encoding: GZIP;q=0.5\r\n", "Accept-Encoding: br, *\r\n"}) {
    EXPECT_THAT(get("/", takes), AllOf(HasSubstr("Content-Encoding: gzip"), EndsWith(std::string(kPacked)))) << takes;
  }
  EXPECT_THAT(get("/", "If-None-Match: \"page-unpacked\"\r\n"), StartsWith("HTTP/1.1 304"));
  EXPECT_THAT(get("/", "If-None-Match: \"page\"\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(Http, ThePageIsNotSentTwice) {
  start();
  EXPECT_THAT(get("/", "Accept-Encoding: gzip\r\nIf-None-Match: \"page\"\r\n"), StartsWith("HTTP/1.1 304"));
}

}  // namespace
}  // namespace penstock::api
