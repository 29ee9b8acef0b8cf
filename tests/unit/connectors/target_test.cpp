#include <gtest/gtest.h>

#include "connectors/postgres/wire.h"
#include "connectors/trino/client.h"

namespace penstock::connectors {
namespace {

Settings with(std::map<std::string, std::string, std::less<>> values) {
  Settings settings;
  settings.name = "there";
  settings.type = "test";
  settings.values = std::move(values);
  return settings;
}

TEST(PostgresTarget, WhatVanishesIsNoticedAndTheUrlSaysHowSoon) {
  const auto usual = postgres::make_target(with({{"host", "db.example"}}));
  EXPECT_EQ(usual->parameters.at("keepalives_idle"), "30");
  EXPECT_EQ(usual->parameters.at("tcp_user_timeout"), "60000");
  EXPECT_EQ(usual->patience, std::chrono::seconds(30));
  const auto other = postgres::make_target(with({{"url", "postgresql://db.example/x?tcp_user_timeout=5000"}, {"patience", "5s"}}));
  EXPECT_EQ(other->parameters.at("tcp_user_timeout"), "5000");
  EXPECT_EQ(other->parameters.at("keepalives_idle"), "30");
  EXPECT_EQ(other->patience, std::chrono::seconds(5));
}

TEST(PostgresTarget, AUrlStandsForItsParts) {
  const auto target = postgres::make_target(with({{"url", "postgresql://etl@db.example:5433/warehouse"}, {"port", "5434"}}));
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(target->parameters.at("host"), "db.example");
  EXPECT_EQ(target->parameters.at("port"), "5434");
  EXPECT_EQ(target->parameters.at("dbname"), "warehouse");
  for (const char* wrong : {"mysql://x", "host=db", "postgresql://etl:hunter2@db.example/x"}) {
    const auto refused = postgres::make_target(with({{"url", wrong}}));
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
    EXPECT_EQ(refused.error().message.find("hunter2"), std::string::npos);
  }
  Settings by_reference = with({{"url", "postgresql://etl:hunter2@db.example/x"}});
  by_reference.secrets = {"postgresql://etl:hunter2@db.example/x"};
  const auto allowed = postgres::make_target(by_reference);
  ASSERT_TRUE(allowed) << allowed.error().message;
  EXPECT_EQ(allowed->redact("it said hunter2"), "it said ***");
}

TEST(TrinoTarget, ReadsItsAddress) {
  EXPECT_EQ(trino::make_target(with({{"url", "https://t.example:8443/"}}))->origin, "https://t.example:8443");
  EXPECT_EQ(trino::make_target(with({{"url", "https://t.example:443"}}))->origin, "https://t.example");
  for (const char* wrong : {"", "t.example:8443", "ftp://t.example", "https://", "https://u:p@t.example", "https://t.example/x?y"}) {
    const auto target = trino::make_target(with({{"url", wrong}}));
    ASSERT_FALSE(target) << wrong;
    EXPECT_EQ(target.error().kind, ErrorKind::invalid_input);
  }
}

TEST(TrinoTarget, VerifiesByDefaultAndSendsNoPasswordInTheOpen) {
  EXPECT_TRUE(trino::make_target(with({{"url", "https://t.example"}}))->verify_tls);
  EXPECT_FALSE(trino::make_target(with({{"url", "http://t.example"}, {"password", "hunter2"}})));
  const auto basic = trino::make_target(with({{"url", "https://t.example"}, {"user", "etl"}, {"password", "hunter2"}}));
  ASSERT_TRUE(basic);
  EXPECT_EQ(basic->authorization, "Basic ZXRsOmh1bnRlcjI=");
  EXPECT_EQ(trino::make_target(with({{"url", "https://t.example"}, {"token", "abc"}}))->authorization, "Bearer abc");
}

}  // namespace
}  // namespace penstock::connectors
