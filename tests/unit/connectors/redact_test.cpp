#include "connectors/redact.h"

#include <gtest/gtest.h>

namespace penstock::connectors {
namespace {

Settings with_secret(const std::string& secret) {
  Settings settings;
  settings.name = "lake";
  settings.values = {{"user", "etl"}};
  settings.secrets = {secret};
  return settings;
}

TEST(Redactor, MasksTheConnectionsOwnSecretInEveryForm) {
  const Redactor redact(with_secret("hunt/er 2"));
  EXPECT_EQ(redact("login with hunt/er 2 failed"), "login with *** failed");
  EXPECT_EQ(redact("GET /x?p=hunt%2Fer%202&y=1"), "GET /x?p=***&y=1");
  EXPECT_EQ(redact("sent aHVudC9lciAy to it"), "sent *** to it");
  EXPECT_EQ(redact("sent ZXRsOmh1bnQvZXIgMg== to it"), "sent *** to it");
}

TEST(Redactor, MasksWhatLooksLikeACredential) {
  const Redactor redact;
  EXPECT_EQ(redact("host=db password=abc user=x"), "host=db password=*** user=x");
  EXPECT_EQ(redact("{\"token\": \"abc\", \"a\": 1}"), "{\"token\": \"***\", \"a\": 1}");
  EXPECT_EQ(redact("CREATE ROLE r PASSWORD 'abc'"), "CREATE ROLE r PASSWORD '***'");
  EXPECT_EQ(redact("secret_access_key=abc;region=x"), "secret_access_key=***;region=x");
  EXPECT_EQ(redact("Authorization: Basic abcdefgh\nHost: x"), "Authorization: ***\nHost: x");
  EXPECT_EQ(redact("refused Bearer abcdefghij"), "refused Bearer ***");
  EXPECT_EQ(redact("at postgresql://etl:abc@db:5432/x"), "at postgresql://etl:***@db:5432/x");
  EXPECT_EQ(redact("key AKIAABCDEFGHIJKLMNOP."), "key ***");
  EXPECT_EQ(redact("-----BEGIN PRIVATE KEY-----abc-----END PRIVATE KEY-----"), "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----");
}

TEST(Redactor, LeavesOrdinaryMessagesAlone) {
  const Redactor redact(with_secret("x"));
  for (const char* text : {"password authentication failed for user \"etl\"", "syntax error at or near \"token\"",
                           "relation \"secrets\" does not exist", "a basic query", "column p.token does not exist"}) {
    EXPECT_EQ(redact(text), text);
  }
}

TEST(Redactor, CutsLongTextsBetweenCharacters) {
  const Redactor redact;
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "é";
  const std::string cut = redact("x" + text);
  EXPECT_LT(cut.size(), 4010U);
  EXPECT_EQ(cut.substr(cut.size() - 6), "é ...");
  EXPECT_EQ(redact("a\x01"
                   "b\r\n"),
            "a b");
}

}  // namespace
}  // namespace penstock::connectors
