#include "daemon/run/connection_registry.h"

#include <gtest/gtest.h>

namespace penstock::run {
namespace {

class Nothing : public connectors::Connector {
 public:
  Result<std::unique_ptr<connectors::Session>> open() override { return fail(ErrorKind::unavailable, "no session"); }
  Result<void> cancel(const connectors::Handle&) override { return {}; }
  Result<connectors::Found> find(const connectors::Token&, const connectors::Unit&) override { return connectors::Found{}; }
  Result<connectors::TableDescription> describe(const std::string&, const std::string&, const std::string&) override {
    return connectors::TableDescription{};
  }
  Result<connectors::Dependants> dependants(const connectors::DependedOn&) override { return connectors::Dependants{}; }
  Result<std::vector<connectors::Trace>> traces(const std::vector<std::string>&) override { return std::vector<connectors::Trace>{}; }
  Result<Estimate> estimate(const std::string&) override { return Estimate{}; }
  Result<std::string> version() override { return std::string("1"); }
};

class ConnectionRegistryTest : public testing::Test {
 protected:
  static model::Project project(const std::string& database, bool read_only = false) {
    model::Project project;
    model::Connection& connection = project.connections.emplace_back();
    connection.name = "main";
    connection.type.value = "postgres";
    connection.settings["database"].value = database;
    connection.read_only = read_only;
    return project;
  }
  std::shared_ptr<SessionPool> get(const model::Project& project) { return *registry_.get(project.connections[0]); }

  int made_ = 0;
  ConnectionRegistry registry_{[this](const model::Connection&) -> Result<std::unique_ptr<connectors::Connector>> {
    ++made_;
    return std::unique_ptr<connectors::Connector>(std::make_unique<Nothing>());
  }};
};

TEST_F(ConnectionRegistryTest, TheSameSettingsAreTheSameConnectionWhereverTheyStand) {
  registry_.set_project(project("one"));
  const auto* first = get(project("one")).get();
  registry_.set_project(project("one"));
  EXPECT_EQ(get(project("one")).get(), first);
  EXPECT_EQ(made_, 1);
}

TEST_F(ConnectionRegistryTest, OtherSettingsAreAnotherConnectionAndWhatBeganBeforeKeepsItsOwn) {
  registry_.set_project(project("one"));
  const auto old = get(project("one"));
  registry_.set_project(project("two"));
  EXPECT_NE(get(project("two")), old);
  EXPECT_EQ(get(project("one")), old) << "an open run stays where it began";
  EXPECT_EQ(made_, 2);
}

TEST_F(ConnectionRegistryTest, WhetherItMayWriteIsASetting) {
  registry_.set_project(project("one"));
  const auto writes = get(project("one"));
  registry_.set_project(project("one", true));
  EXPECT_NE(get(project("one", true)), writes);
}

TEST_F(ConnectionRegistryTest, WhatNobodyUsesAnyMoreGoesWithItsSessions) {
  registry_.set_project(project("one"));
  std::weak_ptr<SessionPool> old = get(project("one"));
  ASSERT_FALSE(old.expired());
  registry_.set_project(project("two"));
  EXPECT_TRUE(old.expired());
  EXPECT_NE(get(project("one")), nullptr) << "an open run makes it again";
}

TEST_F(ConnectionRegistryTest, TroubleOfAConnectionThatIsNotInForceIsNotShown) {
  registry_.set_project(project("one"));
  const auto old = get(project("one"));
  registry_.set_project(project("two"));
  registry_.note(project("one").connections[0], Time(), store::Fault{});
  EXPECT_FALSE(registry_.notes().at("main").error);
  registry_.note(project("two").connections[0], Time(), store::Fault{});
  EXPECT_TRUE(registry_.notes().at("main").error);
}

}  // namespace
}  // namespace penstock::run
