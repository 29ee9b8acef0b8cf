#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>

#include "tests/conformance/connectors/child.h"
#include "tests/conformance/connectors/engine.h"

namespace penstock::connectors {
namespace {

const HandleMoved kKeep = [](const Handle&) { return Result<void>(); };

/// Stands between a client and a server, and cuts what runs through it on request.
class Proxy {
 public:
  Proxy(std::string host, int port) : host_(std::move(host)), port_(port), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = local(0);
    EXPECT_EQ(bind(listener_, as_any(address), sizeof(address)), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    socklen_t size = sizeof(address);
    EXPECT_EQ(getsockname(listener_, as_any(address), &size), 0);
    own_port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~Proxy() {
    closing_ = true;
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    cut();
    for (std::thread& pump : pumps_) pump.join();
    close(listener_);
  }
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::string port() const { return std::to_string(own_port_); }

  /// Ends every connection that runs through it; new ones are let in.
  void cut() { ++generation_; }

 private:
  static sockaddr* as_any(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }
  static sockaddr_in local(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
  }

  void accept_all() {
    while (true) {
      const int client = accept(listener_, nullptr, nullptr);
      if (client < 0 || closing_) return;
      const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in address = local(port_);
      EXPECT_EQ(inet_pton(AF_INET, host_.c_str(), &address.sin_addr), 1);
      EXPECT_EQ(connect(server, as_any(address), sizeof(address)), 0);
      pumps_.emplace_back([this, client, server, generation = generation_.load()] { pump(client, server, generation); });
    }
  }

  void pump(int client, int server, int generation) {
    std::array<pollfd, 2> ends = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    std::array<char, 16384> buffer{};
    bool open = true;
    while (open && generation_ == generation) {
      poll(ends.data(), ends.size(), 5);
      for (std::size_t i = 0; i < 2 && open; ++i) {
        if (ends[i].revents == 0) continue;
        const ssize_t count = recv(ends[i].fd, buffer.data(), buffer.size(), 0);
        open = count > 0 && send(ends[1 - i].fd, buffer.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) == count;
      }
    }
    close(client);
    close(server);
  }

  const std::string host_;
  const int port_;
  const int listener_;
  int own_port_ = 0;
  std::atomic<int> generation_{0};
  std::atomic<bool> closing_{false};
  std::vector<std::thread> pumps_;
  std::thread acceptor_;
};

class Lost : public ConnectorTest {
 protected:
  Unit publishing(const std::string& query) {
    Unit unit = unit_of({"create table " + table("made") + " as " + query, "insert into " + table("ledger") + " values ('lost', 1)"});
    unit.written_table = table("made");
    unit.transaction = true;
    unit.ledger_token = "lost";
    unit.ledger_table = table("ledger");
    return unit;
  }

  void make_ledger() {
    ASSERT_EQ(run("create table " + table("ledger") + " (token varchar(60), \"rows\" bigint)").state, Outcome::State::succeeded);
  }

  std::future<Outcome> follow(Session& session, const Handle& handle, const Unit& unit, const Token& token) {
    auto end = std::async(std::launch::async, [&session, handle, unit] { return session.follow(handle, unit, kKeep); });
    while (!runs_at_engine(token) && end.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {}
    EXPECT_TRUE(runs_at_engine(token));
    return end;
  }
};

TEST_P(Lost, PostgresRunsOnWhenTheConnectionIsCutAndTheEndIsFound) {
  if (engine().name != "postgres") return;
  make_ledger();
  Proxy proxy(text_of(engine().settings, "host"), std::stoi(text_of(engine().settings, "port")));
  const auto connector = connect("port", proxy.port());
  for (const char* query : {"select 7 as n from pg_sleep(1)", "select 1 / (count(*) - 1) as n from pg_sleep(1)"}) {
    const Unit unit = publishing(query);
    const Token name = token("cut");
    const auto session = connector->open();
    ASSERT_TRUE(session) << session.error().message;
    const auto handle = (*session)->submit(unit, name);
    ASSERT_TRUE(handle) << handle.error().message;
    auto end = follow(**session, *handle, unit, name);
    proxy.cut();
    const Outcome outcome = end.get();
    const bool made = connector_->describe("", engine().schema, "made")->kind != TableDescription::Kind::absent;
    EXPECT_EQ(outcome.state == Outcome::State::succeeded, made) << describe_outcome(outcome);
    EXPECT_EQ(made, std::string(query).find('/') == std::string::npos);
    if (!made) {
      EXPECT_EQ(outcome.error.kind, ErrorKind::transient) << describe_outcome(outcome);
    }
    // The session takes a new connection by itself.
    const Unit next = read_of("select 5");
    const auto after = (*session)->submit(next, token("next"));
    ASSERT_TRUE(after) << after.error().message;
    EXPECT_EQ((*session)->follow(*after, next, kKeep).state, Outcome::State::succeeded);
    run("drop table if exists " + table("made"));
    run("delete from " + table("ledger"));
  }
}

TEST_P(Lost, PostgresThatEndsTheBackendLeavesNothing) {
  if (engine().name != "postgres") return;
  make_ledger();
  const Unit unit = publishing(engine().endless);
  const Token name = token("terminated");
  const auto session = connector_->open();
  const auto handle = (*session)->submit(unit, name);
  ASSERT_TRUE(handle) << handle.error().message;
  auto end = follow(**session, *handle, unit, name);
  ask("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'penstock:" + name.id + "'");
  const Outcome outcome = end.get();
  EXPECT_EQ(outcome.state, Outcome::State::failed) << describe_outcome(outcome);
  EXPECT_EQ(outcome.error.kind, ErrorKind::transient);
  EXPECT_EQ(connector_->describe("", engine().schema, "made")->kind, TableDescription::Kind::absent);
}

TEST_P(Lost, PostgresWithoutALedgerIsInDoubtUnlessItMayBeSentAgain) {
  if (engine().name != "postgres") return;
  for (const bool idempotent : {false, true}) {
    Unit unit = unit_of({engine().endless});
    unit.idempotent = idempotent;
    const Token name = token("doubt");
    const auto session = connector_->open();
    const auto handle = (*session)->submit(unit, name);
    ASSERT_TRUE(handle) << handle.error().message;
    auto end = follow(**session, *handle, unit, name);
    ask("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'penstock:" + name.id + "'");
    const Outcome outcome = end.get();
    EXPECT_EQ(outcome.state, idempotent ? Outcome::State::failed : Outcome::State::unknown) << describe_outcome(outcome);
    EXPECT_EQ(outcome.error.kind, idempotent ? ErrorKind::transient : ErrorKind::in_doubt);
    // The engine's silence about a unit that had begun is no proof that it never arrived.
    const auto found = connector_->find(name, unit);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->state, idempotent ? Found::State::never_arrived : Found::State::unknown);
  }
}

TEST_P(Lost, DuckdbNamesTheProcessThatHoldsTheFile) {
  if (engine().name != "duckdb") return;
  connector_.reset();
  Child child("On/Adopting.DISABLED_Child/duckdb", "holder", engine().endless);
  child.line();
  ASSERT_EQ(child.line(), "running");
  connector_ = connect();
  const auto session = connector_->open();
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::throttled) << session.error().message;
  EXPECT_NE(session.error().message.find("process "), std::string::npos);
  child.kill();
  EXPECT_TRUE(connector_->open());
}

TEST_P(Lost, SessionsWorkSideBySide) {
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 6; ++i) {
    answers.push_back(std::async(std::launch::async, [this, i] {
      const auto session = connector_->open();
      if (!session) return session.error().message;
      const Unit unit = read_of("select " + std::to_string(i) + " as n");
      Token name;
      name.id = "side" + std::to_string(i) + "x" + std::to_string(getpid());
      const auto handle = (*session)->submit(unit, name);
      if (!handle) return handle.error().message;
      const Outcome outcome = (*session)->follow(*handle, unit, kKeep);
      return outcome.rows.empty() ? describe_outcome(outcome) : outcome.rows[0][0].value_or("");
    }));
  }
  for (int i = 0; i < 6; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)].get(), std::to_string(i));
}

INSTANTIATE_TEST_SUITE_P(On, Lost, testing::Range<std::size_t>(0, engines().size()),
                         [](const auto& param) { return engines()[param.param].name; });

}  // namespace
}  // namespace penstock::connectors
