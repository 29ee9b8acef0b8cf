#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "daemon/api/server.h"
#include "tests/faults/raw_client.h"
#include "tests/unit/api/sample_context.h"

namespace penstock::api {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kViewerToken = "viewer-token";
constexpr const char* kViewerHash = "d036bd6d01a1cae081d39a2f8dab751dc042de814fd60df31fcb553170950f29";
constexpr const char* kHere = "127.0.0.1";
constexpr const char* kElsewhere = "127.0.0.2";

/// Many clients at once, with and without a token, from two addresses.
class Crowd : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sample_.ok());
    rlimit files{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
    options_.tokens = {{"ana", Role::viewer, kViewerHash}};
    options_.asset = [this](std::string_view) -> std::optional<StaticFile> {
      return StaticFile{"text/javascript", large_, "\"large\"", true};
    };
  }

  void start() {
    auto server = Server::start(options_, sample_.get());
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  std::vector<std::unique_ptr<RawClient>> crowd(int count, const std::string& says) {
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < count; ++i) {
      clients.push_back(std::make_unique<RawClient>(server_->port()));
      clients.back()->send(says);
    }
    return clients;
  }

  /// Clients whose requests are at work: their bodies are waited for.
  std::vector<std::unique_ptr<RawClient>> busy(int count) {
    auto clients = crowd(count, "POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n" +
                                    kToken + "Expect: 100-continue\r\n\r\n");
    for (const auto& client : clients) EXPECT_THAT(client->read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100"));
    return clients;
  }

  static void finish(const std::vector<std::unique_ptr<RawClient>>& clients) {
    for (const auto& client : clients) {
      EXPECT_TRUE(client->send("{}"));
      EXPECT_THAT(client->read_answer(), StartsWith("HTTP/1.1 200"));
    }
  }

  std::string get(const char* from, const std::string& path, const std::string& headers = {}) {
    RawClient client(server_->port(), 0, from);
    client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n");
    return client.read_to_end();
  }

  void expect_answers(const char* from) {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_THAT(get(from, "/livez"), StartsWith("HTTP/1.1 200")) << from;
    EXPECT_THAT(get(from, "/api/v1/server", kToken), StartsWith("HTTP/1.1 200")) << from;
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s) << from;
  }

  const std::string kToken = std::string("Authorization: Bearer ") + kViewerToken + "\r\n";
  const std::string large_ = std::string(4 << 20, 'x');
  SampleContext sample_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

TEST_F(Crowd, SixHundredConnectionsThatSayNothingLockNobodyOut) {
  start();
  const auto clients = crowd(600, "");
  expect_answers(kElsewhere);
  expect_answers(kHere);
}

TEST_F(Crowd, SixHundredHeadsThatDoNotEndLockNobodyOut) {
  start();
  const auto clients = crowd(600, "GET /livez HTTP/1.1\r\nHost: loc");
  expect_answers(kElsewhere);
  expect_answers(kHere);
}

TEST_F(Crowd, SixHundredKeptConnectionsLockNobodyOut) {
  start();
  const auto clients = crowd(600, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(clients.back()->read_answer(), StartsWith("HTTP/1.1 200"));
  expect_answers(kElsewhere);
  expect_answers(kHere);
}

TEST_F(Crowd, WhoHasTooManyAtWorkIsToldSoAndAProbeOrATokenStillComesThrough) {
  options_.limits.connections_of_client = 4;
  start();
  const auto clients = busy(4);
  EXPECT_THAT(get(kHere, "/"), AllOf(StartsWith("HTTP/1.1 429"), HasSubstr("Retry-After: 2\r\n"), HasSubstr("too_many_connections")));
  expect_answers(kHere);
  EXPECT_THAT(get(kElsewhere, "/"), StartsWith("HTTP/1.1 200"));
  finish(clients);
  EXPECT_THAT(get(kElsewhere, "/"), StartsWith("HTTP/1.1 200"));
}

TEST_F(Crowd, WhereAllPlacesAreAtWorkTheReserveIsForProbesAndTokens) {
  options_.limits.connections = 4;
  start();
  const auto clients = busy(4);
  EXPECT_THAT(get(kElsewhere, "/"), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After: 2\r\n"), HasSubstr("too_many_connections")));
  const auto idle = crowd(100, "");  // The reserve is no place to wait in either.
  expect_answers(kElsewhere);
  expect_answers(kHere);
  finish(clients);
}

TEST_F(Crowd, AHeadThatComesByteByByteEndsWhenItsTimeIsOver) {
  options_.limits.head_time = 1s;
  start();
  RawClient client(server_->port());
  pollfd answered{client.socket(), POLLIN, 0};
  const auto begun = std::chrono::steady_clock::now();
  client.send("GET /livez HTTP/1.1\r\nA: ");
  while (::poll(&answered, 1, 20) == 0 && std::chrono::steady_clock::now() - begun < 20s) client.send("b");
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 408"));
  RawClient silent(server_->port());
  EXPECT_EQ(silent.read_to_end(), "");
}

TEST_F(Crowd, ABodyWithoutATokenIsRefusedBeforeItComes) {
  start();
  RawClient client(server_->port());
  client.send("POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), AllOf(StartsWith("HTTP/1.1 401"), HasSubstr("WWW-Authenticate: Bearer\r\n")));
}

TEST_F(Crowd, AReaderThatTakesAFewBytesNowAndThenIsLetGo) {
  options_.limits.connections = 1;
  options_.limits.reserve = 0;
  options_.limits.write_time = 1s;
  options_.limits.least_bytes_per_second = 16 << 20;
  start();
  RawClient slow(server_->port(), 4096);
  slow.send("GET /assets/large.js HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
  std::array<char, 64> part{};
  ASSERT_GT(::recv(slow.socket(), part.data(), part.size(), 0), 0);
  EXPECT_THAT(get(kElsewhere, "/livez"), StartsWith("HTTP/1.1 503"));
  const auto begun = std::chrono::steady_clock::now();
  std::string answer;
  while (answer.rfind("HTTP/1.1 200", 0) != 0 && std::chrono::steady_clock::now() - begun < 20s) {
    ::recv(slow.socket(), part.data(), part.size(), MSG_DONTWAIT);
    answer = get(kElsewhere, "/livez");
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
}

}  // namespace
}  // namespace penstock::api
