#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <functional>
#include <thread>

#include "connectors/trino/trino.h"

namespace penstock::faults {
namespace {

using connectors::Handle;
using connectors::Outcome;
using connectors::Token;
using connectors::Unit;

const connectors::HandleMoved kKeep = [](const Handle&) { return Result<void>(); };
constexpr const char* kSecret = "planted-secret-4711";

/// A coordinator whose answers the test writes.
class FakeCoordinator {
 public:
  using Answer = std::function<void(const httplib::Request&, httplib::Response&)>;

  FakeCoordinator() : port_(server_.bind_to_any_port("127.0.0.1")) {
    // Stopping waits for idle connections.
    server_.set_keep_alive_timeout(1);
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~FakeCoordinator() {
    server_.stop();
    thread_.join();
  }
  FakeCoordinator(const FakeCoordinator&) = delete;
  FakeCoordinator& operator=(const FakeCoordinator&) = delete;

  void on_post(Answer answer) { server_.Post("/v1/statement", std::move(answer)); }
  void on_get(const std::string& pattern, Answer answer) { server_.Get(pattern, std::move(answer)); }
  void on_delete(const std::string& pattern, Answer answer) { server_.Delete(pattern, std::move(answer)); }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::string page(const std::string& members) const { return R"({"id":"q_1","stats":{"state":"RUNNING"})" + members + "}"; }
  std::string next(const std::string& path) const { return ",\"nextUri\":\"" + url() + path + "\""; }

  std::unique_ptr<connectors::Connector> connector(const std::string& patience = "2s") const {
    connectors::Settings settings;
    settings.name = "fake";
    settings.type = "trino";
    settings.catalog = "lake";
    settings.values = {{"url", url()}, {"user", "etl"}, {"password", kSecret}, {"patience", patience}};
    settings.secrets = {kSecret};
    auto connector = trino::make_connector(settings);
    EXPECT_TRUE(connector) << connector.error().message;
    return *std::move(connector);
  }

 private:
  httplib::Server server_;
  int port_;
  std::thread thread_;
};

Unit reading() {
  Unit unit;
  unit.statements = {"select 1"};
  unit.wants_rows = true;
  return unit;
}

Outcome run(connectors::Connector& connector, const Unit& unit) {
  Token token;
  token.id = "token1";
  const auto session = connector.open();
  const auto handle = (*session)->submit(unit, token);
  if (handle) return (*session)->follow(*handle, unit, kKeep);
  Outcome outcome;
  outcome.state = Outcome::State::failed;
  outcome.error = handle.error();
  return outcome;
}

TEST(TrinoWire, WhatAUnitIsComputedWithHoldsInsteadOfTheConnectionsOwn) {
  FakeCoordinator server;
  std::string tags;
  std::string session;
  server.on_post([&](const httplib::Request& request, httplib::Response& response) {
    tags = request.get_header_value("X-Trino-Client-Tags");
    session = request.get_header_value("X-Trino-Session");
    response.set_content(server.page(R"(,"columns":[{"name":"n","type":"integer"}],"data":[[1]])"), "application/json");
  });
  server.on_get("/v1/statement/.*",
                [&](const httplib::Request&, httplib::Response& response) { response.set_content(server.page(""), "application/json"); });
  const auto connector = server.connector();
  run(*connector, reading());
  EXPECT_EQ(tags, "penstock");
  EXPECT_EQ(session, "");
  Unit unit = reading();
  unit.compute = {{"client_tags", "etl,large"}, {"session_properties", "query_max_memory=5GB, lake.a=x y"}};
  run(*connector, unit);
  EXPECT_EQ(tags, "etl,large,penstock");
  EXPECT_EQ(session, "query_max_memory=5GB,lake.a=x y") << "as the server has decoded it";
  unit.compute = {{"session_properties", "fast"}};
  const Outcome outcome = run(*connector, unit);
  EXPECT_EQ(outcome.error.kind, ErrorKind::invalid_input) << outcome.error.message;
}

TEST(TrinoWire, ABusyServerIsAskedAgain) {
  FakeCoordinator server;
  std::atomic<int> posts = 0;
  std::atomic<int> gets = 0;
  server.on_post([&](const httplib::Request& request, httplib::Response& response) {
    EXPECT_EQ(request.get_header_value("X-Trino-Source"), "penstock:token1");
    EXPECT_EQ(request.get_header_value("X-Trino-User"), "etl");
    EXPECT_EQ(request.get_header_value("X-Trino-Time-Zone"), "UTC");
    if (++posts < 3) {
      response.status = posts == 1 ? 503 : 429;
      return;
    }
    response.set_content(server.page(server.next("/v1/statement/queued/q_1/s/1")), "application/json");
  });
  server.on_get("/v1/statement/.*", [&](const httplib::Request& request, httplib::Response& response) {
    EXPECT_EQ(request.get_header_value("Authorization").substr(0, 6), "Basic ");
    switch (++gets) {
      case 1:
        response.status = 502;
        return;
      case 2:
        response.set_content("", "application/json");
        return;
      default:
        response.set_content(server.page(R"(,"columns":[{"name":"n","type":"integer"}],"data":[[1]])"), "application/json");
    }
  });
  const Outcome outcome = run(*server.connector("20s"), reading());
  EXPECT_EQ(outcome.state, Outcome::State::succeeded) << outcome.error.message;
  ASSERT_EQ(outcome.rows.size(), 1U);
  EXPECT_EQ(posts, 3);
  EXPECT_EQ(gets, 3);
}

TEST(TrinoWire, LoginFailuresAreToldApartAndHoldNoSecret) {
  for (const auto& [status, kind] :
       {std::pair{401, ErrorKind::unauthenticated}, {403, ErrorKind::permission}, {400, ErrorKind::permanent}}) {
    FakeCoordinator server;
    server.on_post([&, code = status](const httplib::Request& request, httplib::Response& response) {
      response.status = code;
      response.set_content(std::string("refused ") + kSecret + " " + request.get_header_value("Authorization"), "text/plain");
    });
    const Outcome outcome = run(*server.connector(), reading());
    EXPECT_EQ(outcome.error.kind, kind) << outcome.error.message;
    EXPECT_EQ(outcome.error.message.find(kSecret), std::string::npos);
    EXPECT_EQ(outcome.error.message.find("ZXRsOn"), std::string::npos) << outcome.error.message;
  }
}

TEST(TrinoWire, ANextPageElsewhereIsNotFollowed) {
  FakeCoordinator elsewhere;
  std::atomic<bool> asked = false;
  elsewhere.on_get(".*", [&](const httplib::Request&, httplib::Response&) { asked = true; });
  FakeCoordinator server;
  server.on_post([&](const httplib::Request&, httplib::Response& response) {
    response.set_content(server.page(elsewhere.next("/v1/statement/queued/q_1/s/1")), "application/json");
  });
  const Outcome outcome = run(*server.connector(), reading());
  EXPECT_EQ(outcome.state, Outcome::State::failed);
  EXPECT_EQ(outcome.error.kind, ErrorKind::permanent) << outcome.error.message;
  EXPECT_FALSE(asked);
}

/// A write whose query fails in a way that says nothing about its effect, and a snapshots table that answers `snapshots`.
Outcome unsure_write(const std::string& query_error, const std::string& snapshots) {
  FakeCoordinator server;
  server.on_post([&](const httplib::Request& request, httplib::Response& response) {
    const bool asks = request.body.find("$snapshots") != std::string::npos;
    EXPECT_TRUE(!asks || request.body.find("'q_1'") != std::string::npos) << request.body;
    response.set_content(asks ? server.page(snapshots) : server.page(server.next("/v1/statement/queued/q_1/s/1")), "application/json");
  });
  server.on_get("/v1/statement/.*", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(server.page(query_error), "application/json");
  });
  server.on_get("/v1/query/.*", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(R"({"state":"FAILED","finalQueryInfo":true})", "application/json");
  });
  Unit unit;
  unit.statements = {"insert into lake.ops.t select 1"};
  unit.written_table = "lake.ops.t";
  return run(*server.connector(), unit);
}

constexpr const char* kAbandoned = R"(,"error":{"message":"gone","errorCode":2,"errorName":"ABANDONED_QUERY","errorType":"USER_ERROR"})";
constexpr const char* kColumns = R"(,"columns":[{"name":"operation","type":"varchar"},{"name":"n","type":"varchar"}])";

TEST(TrinoWire, AnUnsureWriteIsSettledByTheTablesHistory) {
  const Outcome landed = unsure_write(kAbandoned, std::string(kColumns) + R"(,"data":[["append","12"]])");
  EXPECT_EQ(landed.state, Outcome::State::succeeded) << landed.error.message;
  EXPECT_EQ(landed.rows_written, 12);
  const Outcome lost = unsure_write(kAbandoned, kColumns);
  EXPECT_EQ(lost.state, Outcome::State::failed);
  EXPECT_EQ(lost.error.kind, ErrorKind::transient) << lost.error.message;
  const Outcome worker = unsure_write(
      R"(,"error":{"message":"x","errorCode":65540,"errorName":"PAGE_TRANSPORT_TIMEOUT","errorType":"INTERNAL_ERROR"})", kColumns);
  EXPECT_EQ(worker.state, Outcome::State::failed);
  EXPECT_EQ(worker.error.kind, ErrorKind::transient);
  EXPECT_EQ(worker.error.vendor_code, "PAGE_TRANSPORT_TIMEOUT");
}

TEST(TrinoWire, AnUnsureWriteThatNobodyCanSettleStaysInDoubt) {
  const Outcome outcome =
      unsure_write(kAbandoned, R"(,"error":{"message":"no","errorCode":4,"errorName":"PERMISSION_DENIED","errorType":"USER_ERROR"})");
  EXPECT_EQ(outcome.state, Outcome::State::unknown);
  EXPECT_EQ(outcome.error.kind, ErrorKind::in_doubt);
}

TEST(TrinoWire, AFaultOfTheStatementNeedsNoSettlement) {
  const Outcome outcome =
      unsure_write(R"(,"error":{"message":"Division by zero","errorCode":8,"errorName":"DIVISION_BY_ZERO","errorType":"USER_ERROR"})",
                   std::string(kColumns) + R"(,"data":[["append","12"]])");
  EXPECT_EQ(outcome.state, Outcome::State::failed);
  EXPECT_EQ(outcome.error.kind, ErrorKind::permanent);
}

TEST(TrinoWire, AServerThatVanishesLeavesAWriteInDoubtAndAReadToBeRepeated) {
  for (const bool write : {false, true}) {
    Unit unit = reading();
    unit.wants_rows = !write;
    unit.written_table = write ? "lake.ops.t" : "";
    std::unique_ptr<connectors::Connector> connector;
    std::unique_ptr<connectors::Session> session;
    Handle handle;
    {
      FakeCoordinator server;
      server.on_post([&](const httplib::Request&, httplib::Response& response) {
        response.set_content(server.page(server.next("/v1/statement/queued/q_1/s/1")), "application/json");
      });
      connector = server.connector("100ms");
      session = *connector->open();
      Token token;
      token.id = "token1";
      handle = *session->submit(unit, token);
    }
    const Outcome outcome = session->follow(handle, unit, kKeep);
    EXPECT_EQ(outcome.state, write ? Outcome::State::unknown : Outcome::State::failed) << outcome.error.message;
    EXPECT_EQ(outcome.error.kind, write ? ErrorKind::in_doubt : ErrorKind::transient);
  }
}

// Each of its bytes comes in time, and the page never ends.
TEST(TrinoWire, AServerThatDribblesIsGivenUpWhenThePatienceIsOver) {
  FakeCoordinator server;
  server.on_post([&](const httplib::Request&, httplib::Response& response) {
    response.set_content(server.page(server.next("/v1/statement/queued/q_1/s/1")), "application/json");
  });
  std::atomic<int> written = 0;
  server.on_get("/v1/statement/.*", [&](const httplib::Request&, httplib::Response& response) {
    response.set_chunked_content_provider("application/json", [&](std::size_t, httplib::DataSink& sink) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      ++written;
      return sink.write(" ", 1);
    });
  });
  const Outcome outcome = run(*server.connector("500ms"), reading());
  EXPECT_EQ(outcome.state, Outcome::State::failed);
  EXPECT_EQ(outcome.error.kind, ErrorKind::transient) << outcome.error.message;
  EXPECT_GT(written, 0);
}

TEST(TrinoWire, StatementsOfAUnitAreSentOneByOne) {
  FakeCoordinator server;
  std::vector<std::string> sent;
  server.on_post([&](const httplib::Request& request, httplib::Response& response) {
    sent.push_back(request.body);
    response.set_content(server.page(server.next("/v1/statement/queued/q_1/s/" + std::to_string(sent.size()))), "application/json");
  });
  std::vector<std::string> events;
  server.on_get("/v1/statement/.*", [&](const httplib::Request& request, httplib::Response& response) {
    events.push_back("get " + request.path);
    response.set_content(server.page(",\"updateType\":\"INSERT\",\"updateCount\":3"), "application/json");
  });
  Unit unit;
  unit.statements = {"insert into a", "insert into b"};
  const auto connector = server.connector();
  const auto session = *connector->open();
  Token token;
  token.id = "token1";
  const Handle handle = *session->submit(unit, token);
  EXPECT_TRUE(events.empty()) << "nothing starts before follow";
  const Outcome outcome = session->follow(handle, unit, [&](const Handle& moved) {
    events.push_back("safe " + moved.text);
    return Result<void>();
  });
  EXPECT_EQ(outcome.state, Outcome::State::succeeded) << outcome.error.message;
  EXPECT_EQ(outcome.rows_written, 3);
  EXPECT_EQ(sent, unit.statements);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0], "get /v1/statement/queued/q_1/s/1");
  EXPECT_EQ(events[1].substr(0, 5), "safe ");
  EXPECT_EQ(events[2], "get /v1/statement/queued/q_1/s/2");
}

}  // namespace
}  // namespace penstock::faults
