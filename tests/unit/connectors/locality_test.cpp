#include "connectors/locality.h"

#include <gtest/gtest.h>

#include "connectors/postgres/wire.h"
#include "connectors/trino/target.h"

namespace penstock::connectors {
namespace {

Settings with(std::map<std::string, std::string, std::less<>> values) {
  Settings settings;
  settings.name = "there";
  settings.type = "test";
  settings.values = std::move(values);
  return settings;
}

/// A resolver of the test's, for names; numbers are read as the system reads them.
std::vector<std::string> planted(const std::string& host) {
  if (host == "both.example") return {"127.0.0.1", "192.0.2.7"};
  if (host == "twice.example") return {"::1", "127.0.0.1"};
  if (host == "app.localhost" || host == "db.example" || host == "127.0.0.1.evil.example") return {"192.0.2.7"};
  if (host == "here.localhost" || host == "localhost.") return {"127.0.0.1"};
  if (host == "nowhere.example") return {};
  return look_up(host);
}

TEST(Locality, IsDecidedByTheAddress) {
  for (const char* here : {"127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "0.0.0.0", "::", "2130706433",
                           "0x7f000001", "017700000001", "127.1"}) {
    EXPECT_TRUE(are_here({here})) << here;
    EXPECT_TRUE(are_here(look_up(here))) << here;
  }
  for (const char* elsewhere : {"192.0.2.7", "128.0.0.1", "::2", "::ffff:192.0.2.7", "2001:db8::1", "", "localhost",
                                "127.0.0.1.evil.example", "127.0.0.1 ", "@127.0.0.1", "3221225991"}) {
    EXPECT_FALSE(are_here({elsewhere})) << elsewhere;
  }
  EXPECT_TRUE(are_here(look_up("localhost")));
  EXPECT_FALSE(are_here({}));
  EXPECT_FALSE(are_here({"127.0.0.1", "192.0.2.7"}));
}

TEST(Locality, ReadsTheHostOfAUrl) {
  EXPECT_EQ(host_of("http://127.0.0.1:4780"), "127.0.0.1");
  EXPECT_EQ(host_of("https://[::1]:4780/x"), "::1");
  EXPECT_EQ(host_of("http://localhost."), "localhost.");
  EXPECT_EQ(host_of("http://127.0.0.1@evil.example"), "127.0.0.1@evil.example");
  EXPECT_EQ(host_of("127.0.0.1"), "");
}

std::string sslmode(std::map<std::string, std::string, std::less<>> values) {
  const auto target = postgres::make_target(with(std::move(values)));
  EXPECT_TRUE(target) << target.error().message;
  return target ? postgres::resolved(*target, planted).at("sslmode") : std::string();
}

TEST(Locality, PostgreSqlVerifiesWhatLeavesTheMachine) {
  for (const char* host : {"127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "0x7f.1", "localhost", "localhost.", "here.localhost",
                           "twice.example", "/run/postgresql", "@abstract", "127.0.0.1,::1"}) {
    EXPECT_EQ(sslmode({{"host", host}}), "prefer") << host;
  }
  for (const char* host : {"db.example", "both.example", "app.localhost", "127.0.0.1.evil.example", "nowhere.example", "192.0.2.7",
                           "localhost,db.example", "/run/postgresql,192.0.2.7"}) {
    EXPECT_EQ(sslmode({{"host", host}}), "verify-full") << host;
  }
  EXPECT_EQ(sslmode({{"host", "db.example"}, {"sslmode", "require"}}), "require");
  EXPECT_EQ(sslmode({{"url", "postgresql://localhost/x?hostaddr=192.0.2.7"}}), "verify-full");
  EXPECT_EQ(sslmode({{"url", "postgresql:///x?host=/run/postgresql&hostaddr=192.0.2.7"}}), "verify-full");
  EXPECT_EQ(sslmode({{"url", "postgresql://db.example/x?hostaddr=127.0.0.1"}}), "prefer");
  EXPECT_FALSE(postgres::make_target(with({{"url", "postgresql://localhost/x?service=evil"}})));
}

TEST(Locality, PostgreSqlConnectsToTheAddressThatWasJudged) {
  const auto target = postgres::make_target(with({{"url", "postgresql://both.example:5433,%2Frun%2Fpostgresql:5434/x"}}));
  ASSERT_TRUE(target) << target.error().message;
  const auto parameters = postgres::resolved(*target, planted);
  EXPECT_EQ(parameters.at("host"), "both.example,both.example,/run/postgresql");
  EXPECT_EQ(parameters.at("hostaddr"), "127.0.0.1,192.0.2.7,");
  EXPECT_EQ(parameters.at("port"), "5433,5433,5434");
}

TEST(Locality, TrinoSendsALoginWithoutTlsToThisMachineAlone) {
  const auto made = [](const std::string& host) {
    return trino::make_target(with({{"url", "http://" + host}, {"password", "hunter2"}}), planted);
  };
  for (const char* host :
       {"127.0.0.1:8080", "[::1]:8080", "localhost", "localhost.:8080", "2130706433", "twice.example", "here.localhost"}) {
    const auto target = made(host);
    ASSERT_TRUE(target) << host;
    EXPECT_TRUE(are_here(target->endpoint->addresses)) << host;
  }
  for (const char* host : {"127.0.0.1.evil.example", "localhost.evil.example", "both.example", "app.localhost", "nowhere.example",
                           "192.0.2.7", "127.0.0.1x"}) {
    EXPECT_FALSE(made(host)) << host;
  }
  EXPECT_TRUE(trino::make_target(with({{"url", "http://db.example"}}), planted)) << "there is no login to protect";
}

}  // namespace
}  // namespace penstock::connectors
