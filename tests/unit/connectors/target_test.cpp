#include "connectors/trino/target.h"

#include <gtest/gtest.h>

#include "connectors/postgres/wire.h"

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

Result<trino::Target> trino_target(std::map<std::string, std::string, std::less<>> values) {
  const auto elsewhere = [](const std::string&) { return std::vector<std::string>{"192.0.2.7"}; };
  const auto no_environment = [](const char*) { return std::string(); };
  values.emplace("url", "https://t.example");
  return trino::make_target(with(std::move(values)), elsewhere, no_environment);
}

TEST(TrinoTarget, ReadsItsAddress) {
  EXPECT_EQ(trino_target({{"url", "https://t.example:8443/"}})->endpoint->url.origin(), "https://t.example:8443");
  EXPECT_EQ(trino_target({{"url", "https://t.example:443"}})->endpoint->url.origin(), "https://t.example");
  for (const char* wrong : {"", "t.example:8443", "ftp://t.example", "https://", "https://u:p@t.example", "https://t.example/x?y"}) {
    const auto target = trino_target({{"url", wrong}});
    ASSERT_FALSE(target) << wrong;
    EXPECT_EQ(target.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(target.error().message.find("`url`"), std::string::npos) << target.error().message;
    EXPECT_EQ(target.error().message.find("u:p"), std::string::npos) << target.error().message;
  }
}

TEST(TrinoTarget, SaysWhoItIs) {
  EXPECT_FALSE(trino_target({{"url", "http://t.example"}, {"password", "hunter2"}}));
  EXPECT_EQ(trino_target({{"user", "etl"}, {"password", "hunter2"}})->credential->authorization(), "Basic ZXRsOmh1bnRlcjI=");
  EXPECT_EQ(trino_target({{"token", "abc"}})->credential->authorization(), "Bearer abc");
  EXPECT_EQ(trino_target({})->credential->authorization(), "");
  EXPECT_EQ(trino_target({{"role", "etl"}})->roles, "system=ROLE%7Betl%7D");
  EXPECT_EQ(trino_target({{"role", "none, lake=the writer"}})->roles, "system=NONE,lake=ROLE%7Bthe%20writer%7D");
  EXPECT_EQ(trino_target({{"session_properties", "a=1, lake.b=x y%"}})->session_properties, "a=1,lake.b=x%20y%25");
}

TEST(TrinoTarget, RefusesWhatContradictsItself) {
  struct Case {
    std::map<std::string, std::string, std::less<>> values;
    std::string says;
  };
  for (const Case& one : {Case{{{"password", "x"}, {"token", "y"}}, "`password` and `token` are two ways"},
                          Case{{{"token", "x"}, {"token_url", "https://i.example"}, {"client_id", "i"}, {"client_secret", "s"}},
                               "`token` and `token_url` are two ways"},
                          Case{{{"token_url", "https://i.example/token"}, {"client_id", "i"}}, "no `client_secret`"},
                          Case{{{"client_secret", "s"}}, "`client_secret` has no `token_url`"},
                          Case{{{"token_url", "http://i.example/token"}, {"client_id", "i"}, {"client_secret", "s"}}, "unencrypted"},
                          Case{{{"token_url", "nonsense"}, {"client_id", "i"}, {"client_secret", "s"}}, "`token_url` has no http"},
                          Case{{{"token", "x"}, {"url", "http://t.example"}}, "unencrypted"},
                          Case{{{"client_certificate", "a.pem"}}, "`client_certificate` and `client_key` belong together"},
                          Case{{{"client_certificate", "a.pem"}, {"client_key", "k"}, {"url", "http://t.example"}}, "has http://"},
                          Case{{{"ca_file", "/nowhere/ca.pem"}}, "`ca_file` /nowhere/ca.pem"},
                          Case{{{"proxy", "http://p.example:3128"}, {"proxy_user", "u"}}, "`proxy_user` and `proxy_password`"},
                          Case{{{"proxy", "http://u:hunter2@p.example"}}, "`proxy` holds a password"},
                          Case{{{"proxy_user", "u"}, {"proxy_password", "p"}}, "`proxy_user` has no `proxy`"},
                          Case{{{"role", "lake="}}, "`role` is not understood"},
                          Case{{{"session_properties", "fast"}}, "`session_properties` is not understood"},
                          Case{{{"passwort", "x"}}, "no setting \"passwort\""}}) {
    const auto target = trino_target(one.values);
    ASSERT_FALSE(target) << one.says;
    EXPECT_EQ(target.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(target.error().message.find(one.says), std::string::npos) << target.error().message;
    EXPECT_EQ(target.error().message.find("hunter2"), std::string::npos);
    EXPECT_FALSE(target.error().hint.empty()) << target.error().message;
  }
}

}  // namespace
}  // namespace penstock::connectors
