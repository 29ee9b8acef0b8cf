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

TEST(PostgresTarget, WhatLeavesTheMachineIsVerified) {
  EXPECT_EQ(postgres::make_target(with({{"host", "db.example"}}))->parameters.at("sslmode"), "verify-full");
  EXPECT_EQ(postgres::make_target(with({{"host", "127.0.0.1"}}))->parameters.at("sslmode"), "prefer");
  EXPECT_EQ(postgres::make_target(with({{"host", "/run/postgresql"}}))->parameters.at("sslmode"), "prefer");
  EXPECT_EQ(postgres::make_target(with({{"host", "db.example"}, {"sslmode", "require"}}))->parameters.at("sslmode"), "require");
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
