#include "connectors/renewing.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace penstock::connectors {
namespace {

/// A target with one password, which may change.
struct Door {
  std::string password;
  int made = 0;
};

class DoorSession final : public Session {
 public:
  DoorSession(const Door& door, std::string password) : door_(door), password_(std::move(password)) {}
  Result<Handle> submit(const Unit&, const Token& token) override {
    if (password_ != door_.password) return fail(ErrorKind::unauthenticated, "wrong password");
    return Handle{token.id};
  }
  Outcome follow(const Handle& handle, const Unit&, const HandleMoved& moved) override {
    Outcome outcome;
    if (handle.text == "long" && moved(Handle{"second page"})) {
      outcome.state = Outcome::State::failed;
      outcome.lost_login = true;
    }
    outcome.engine_query_id = handle.text;
    return outcome;
  }

 private:
  const Door& door_;
  std::string password_;
};

class DoorConnector final : public Connector {
 public:
  DoorConnector(const Door& door, std::string password) : door_(door), password_(std::move(password)) {}
  Result<std::unique_ptr<Session>> open() override { return std::unique_ptr<Session>(std::make_unique<DoorSession>(door_, password_)); }
  Result<void> cancel(const Handle&) override { return {}; }
  Result<Found> find(const Token&, const Unit&) override { return Found{}; }
  Result<TableDescription> describe(const std::string&, const std::string&, const std::string&) override { return TableDescription{}; }
  Result<Dependants> dependants(const DependedOn&) override { return Dependants{}; }
  Result<std::vector<Trace>> traces(const std::vector<std::string>& prefixes) override {
    Trace trace;
    trace.name = prefixes.front();
    return std::vector<Trace>{trace};
  }
  Result<Estimate> estimate(const std::string&) override { return Estimate{}; }
  Result<std::string> version() override {
    if (password_ != door_.password) return fail(ErrorKind::unauthenticated, "wrong password");
    return std::string("1");
  }

 private:
  const Door& door_;
  const std::string password_;
};

class Renewing : public testing::Test {
 protected:
  void TearDown() override { std::remove(path_.c_str()); }
  void write(const std::string& password, const std::string& host = "a") { std::ofstream(path_) << password << ' ' << host; }

  std::unique_ptr<Connector> connect() {
    Settings settings;
    settings.name = "lake";
    settings.values = {{"password", "cmd:cut -d' ' -f1 " + path_}, {"host", "cmd:cut -d' ' -f2 " + path_}};
    auto made =
        make_renewing(settings, secrets_, [this](const Settings& resolved, const Connector* before) -> Result<std::unique_ptr<Connector>> {
          EXPECT_EQ(before != nullptr, door_.made > 0);
          ++door_.made;
          return std::unique_ptr<Connector>(std::make_unique<DoorConnector>(door_, resolved.values.at("password")));
        });
    EXPECT_TRUE(made);
    return made ? *std::move(made) : nullptr;
  }

  const std::string path_ = testing::TempDir() + "penstock-renewing-" + std::to_string(getpid());
  std::shared_ptr<Secrets> secrets_ = std::make_shared<Secrets>(std::chrono::seconds(0));
  Door door_{"old"};
};

TEST_F(Renewing, ASecretThatIsRefusedIsReadAgainAndTheQuestionAskedOnceMore) {
  write("old");
  const auto connector = connect();
  EXPECT_EQ(connector->traces({"working_"})->front().name, "working_");
  EXPECT_TRUE(connector->version());
  const auto session = connector->open();
  door_.password = "new";
  EXPECT_EQ(connector->version().error().kind, ErrorKind::unauthenticated);
  EXPECT_EQ(door_.made, 1);  // Nothing else is known yet.
  write("new");
  EXPECT_TRUE(connector->version());
  EXPECT_EQ(door_.made, 2);
  const auto handle = (*session)->submit(Unit{}, Token{"t", "", "", 1});
  ASSERT_TRUE(handle) << handle.error().message;
  EXPECT_EQ(handle->text, "t");
}

TEST_F(Renewing, AUnitWhoseTokenEndsIsFollowedFromWhereItWasSafe) {
  write("old");
  const auto connector = connect();
  const auto session = connector->open();
  const auto follow = [&] { return (*session)->follow(Handle{"long"}, Unit{}, [](const Handle&) { return Result<void>(); }); };
  EXPECT_TRUE(follow().lost_login) << "there is no other token yet";
  write("new");
  const Outcome outcome = follow();
  EXPECT_EQ(outcome.state, Outcome::State::succeeded);
  EXPECT_EQ(outcome.engine_query_id, "second page");
}

TEST_F(Renewing, AfterAReloadTheSecretsAreReadAgainWhenTheyAreWanted) {
  write("old");
  const auto connector = connect();
  write("new");
  EXPECT_TRUE(connector->version());
  secrets_->forget();
  EXPECT_FALSE(connector->version());
  door_.password = "new";
  EXPECT_TRUE(connector->version());
}

TEST_F(Renewing, ARunStaysAtThePlaceWhereItBegan) {
  write("old", "a");
  const auto connector = connect();
  write("new", "b");
  door_.password = "new";
  EXPECT_EQ(connector->version().error().kind, ErrorKind::unauthenticated);
  secrets_->forget();
  EXPECT_FALSE(connector->version());
  EXPECT_EQ(door_.made, 1);
}

}  // namespace
}  // namespace penstock::connectors
