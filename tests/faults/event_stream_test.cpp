#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <filesystem>

#include "daemon/api/server.h"
#include "daemon/run/engine.h"
#include "daemon/run/project_folder.h"
#include "tests/faults/raw_client.h"

namespace penstock::api {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A real engine over an empty project behind the HTTP shell; events are made by `say`.
class EventStream : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "penstock_events_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    const run::ProjectPtr project = run::compile_files({}, {{"penstock.yaml", "version: 1\nproject: sample\n"}}, "");
    run::EngineConfig config;
    config.store_path = (folder_ / "store.db").string();
    config.owner = "the test";
    auto engine = run::Engine::start(std::move(config), project);
    ASSERT_TRUE(engine) << engine.error().message;
    engine_ = std::move(*engine);
    say("load", "begun");  // What the engine says by itself as it starts is durable then.
    context_.reset(new Context{engine_.get(), engine_->readers(), [project] { return project; }, {}, {}, "1.2.3", {}, false, {}});
    options_.limits.write_time = 200ms;
    options_.limits.connections = 2;
    options_.limits.reserve = 0;
  }
  void TearDown() override {
    server_.reset();
    context_.reset();
    engine_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start() {
    auto server = Server::start(options_, *context_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  void say(const std::string& subject, const std::string& state) {
    store::Event event;
    event.kind = store::Event::Kind::server;
    event.subject = subject;
    event.state = state;
    const auto told = engine_->announce(std::move(event));
    ASSERT_TRUE(told) << told.error().message;
  }

  std::int64_t last_event() {
    auto snapshot = engine_->readers().snapshot();
    return snapshot ? snapshot->last_event() : -1;
  }

  static std::string request(const std::string& headers = {}, const std::string& query = {}) {
    return "GET /api/v1/events" + query + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
  }

  /// The next message of a stream; the frames of the chunks around it stay.
  static std::string message(RawClient& client) { return client.read_until("\n\n"); }

  std::filesystem::path folder_;
  std::unique_ptr<run::Engine> engine_;
  std::unique_ptr<Context> context_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

TEST_F(EventStream, GreetsWithWhereItBeginsAndTellsWhatFollows) {
  start();
  say("load", "before");
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(request()));
  const std::string hello = message(client);
  EXPECT_THAT(hello, AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Type: text/event-stream"), HasSubstr("Cache-Control: no-store"),
                           HasSubstr("id: " + std::to_string(last_event()) + "\nevent: hello\n")));
  say("load", "after");
  EXPECT_THAT(message(client), HasSubstr("id: " + std::to_string(last_event()) + "\nevent: server\ndata: {\"state\":\"after\"}\n\n"));
}

TEST_F(EventStream, ResumesAfterTheLastEventThatItsReaderHas) {
  start();
  say("one", "1");
  const std::int64_t held = last_event();
  say("two", "2");
  say("three", "3");
  for (const std::string& opening :
       {request("Last-Event-ID: " + std::to_string(held) + "\r\n"), request({}, "?topics=server&last_event_id=" + std::to_string(held))}) {
    RawClient client(server_->port());
    ASSERT_TRUE(client.send(opening));
    EXPECT_THAT(message(client), AllOf(HasSubstr("id: " + std::to_string(held + 1) + "\n"), HasSubstr("\"2\""), Not(HasSubstr("hello"))));
    EXPECT_THAT(message(client), AllOf(HasSubstr("id: " + std::to_string(held + 2) + "\n"), HasSubstr("\"3\"")));
  }
}

TEST_F(EventStream, AReaderThatMissedEventsForGoodIsToldToReadEverythingAnew) {
  start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(request("Last-Event-ID: 999999\r\n")));
  EXPECT_THAT(message(client), HasSubstr("id: " + std::to_string(last_event()) + "\nevent: reset\n"));
  say("load", "on");
  EXPECT_THAT(message(client), HasSubstr("\"on\""));
}

TEST_F(EventStream, TopicsThatAreNotAskedForAreNotTold) {
  start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(request({}, "?topics=connections")));
  ASSERT_THAT(message(client), HasSubstr("hello"));
  say("load", "unasked");
  store::Event event;
  event.kind = store::Event::Kind::connection;
  event.subject = "lake";
  event.state = "down";
  ASSERT_TRUE(engine_->announce(std::move(event)));
  EXPECT_THAT(message(client),
              AllOf(HasSubstr("event: connection\ndata: {\"name\":\"lake\",\"state\":\"down\"}"), Not(HasSubstr("unasked"))));
}

TEST_F(EventStream, StopEndsEveryOpenStreamAtOnce) {
  start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(request()));
  ASSERT_THAT(message(client), HasSubstr("hello"));
  const auto begun = std::chrono::steady_clock::now();
  server_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
  EXPECT_THAT(client.read_to_end(), Not(HasSubstr("event:")));
}

TEST_F(EventStream, SixHundredStreamsOfOneAddressLockNobodyOut) {
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = files.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  options_.limits = Limits();
  start();
  std::vector<std::unique_ptr<RawClient>> clients;
  int streams = 0;
  int refused = 0;
  for (int i = 0; i < 600; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    ASSERT_TRUE(clients.back()->send(request()));
    const std::string answer = clients.back()->read_until("\r\n\r\n");
    if (answer.rfind("HTTP/1.1 200", 0) == 0) ++streams;
    if (answer.rfind("HTTP/1.1 429", 0) == 0 && answer.find("Retry-After: ") != std::string::npos) ++refused;
  }
  EXPECT_EQ(streams, options_.limits.streams_of_client);
  EXPECT_EQ(refused, 600 - streams);
  const auto begun = std::chrono::steady_clock::now();
  for (const char* from : {"127.0.0.2", "127.0.0.1"}) {
    for (const char* path : {"/livez", "/api/v1/server"}) {
      RawClient client(server_->port(), 0, from);
      client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 200")) << path << " from " << from;
    }
  }
  RawClient reader(server_->port(), 0, "127.0.0.2");
  ASSERT_TRUE(reader.send(request()));
  EXPECT_THAT(message(reader), HasSubstr("hello"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
}

TEST_F(EventStream, HeadEndsWithItsHeaders) {
  start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.send("HEAD /api/v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
  EXPECT_THAT(client.read_to_end(), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("\r\n\r\n"), Not(HasSubstr("hello"))));
}

TEST_F(EventStream, AReaderThatTakesNothingIsLetGoAndHoldsUpNobody) {
  start();
  constexpr int kEvents = 400;
  const std::string large(64 * 1024, 'x');
  RawClient slow(server_->port(), 4096);
  ASSERT_TRUE(slow.send(request()));
  RawClient quick(server_->port());
  ASSERT_TRUE(quick.send(request()));
  ASSERT_THAT(message(quick), HasSubstr("hello"));
  for (int i = 0; i < kEvents; ++i) {
    say(std::to_string(i), large);
    ASSERT_THAT(message(quick), HasSubstr("event: server"));
  }
  // Both places are taken; the slow reader's comes free without its doing anything.
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  std::string answer;
  while (answer.rfind("HTTP/1.1 200", 0) != 0 && std::chrono::steady_clock::now() < deadline) {
    RawClient next(server_->port());
    next.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    answer = next.read_to_end();
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
}

}  // namespace
}  // namespace penstock::api
