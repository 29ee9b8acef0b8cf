#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "connectors/bigquery/key.h"
#include "connectors/bigquery/signing.h"
#include "connectors/bigquery/target.h"

namespace penstock::bigquery {
namespace {

using Json = nlohmann::json;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyPair = std::unique_ptr<EVP_PKEY, FreeKey>;

std::string pem_of(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  EXPECT_EQ(PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr), 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

const KeyPair& rsa() {
  static const KeyPair pair(EVP_RSA_gen(2048));
  return pair;
}

std::string decoded(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  const std::size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string bytes(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  EXPECT_GE(size, 0);
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

bool fits(const std::string& text, const std::string& signature) {
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
  EXPECT_EQ(EVP_DigestVerifyInit(digest, nullptr, EVP_sha256(), nullptr, rsa().get()), 1);
  const int verified = EVP_DigestVerify(digest, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                                        reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(digest);
  return verified == 1;
}

Json key_json() {
  return {{"type", "service_account"},
          {"client_email", "etl@acme.example"},
          {"private_key_id", "abc"},
          {"private_key", pem_of(rsa().get())},
          {"token_uri", "https://oauth2.googleapis.com/token"}};
}

TEST(BigquerySigning, TheAssertionIsSignedAndSaysWhoAsksForHowLong) {
  const ServiceAccountKey key{"etl@acme.example", "abc", pem_of(rsa().get()), "https://elsewhere.example/token"};
  const auto assertion = signed_assertion(key, std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)));
  ASSERT_TRUE(assertion) << assertion.error().message;
  const std::size_t first = assertion->find('.');
  const std::size_t last = assertion->rfind('.');
  EXPECT_EQ(Json::parse(decoded(assertion->substr(0, first))), (Json{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", "abc"}}));
  EXPECT_EQ(Json::parse(decoded(assertion->substr(first + 1, last - first - 1))), (Json{{"iss", "etl@acme.example"},
                                                                                        {"scope", kScope},
                                                                                        {"aud", "https://oauth2.googleapis.com/token"},
                                                                                        {"iat", 1'700'000'000},
                                                                                        {"exp", 1'700'003'600}}));
  EXPECT_TRUE(fits(assertion->substr(0, last), decoded(assertion->substr(last + 1))));
  EXPECT_FALSE(fits(assertion->substr(0, last) + "x", decoded(assertion->substr(last + 1))));
  EXPECT_EQ(assertion->find_first_of("+/="), std::string::npos);
}

TEST(BigquerySigning, OnlyAnRsaKeySigns) {
  const KeyPair curve(EVP_EC_gen("P-256"));
  for (const std::string& pem : {std::string("no key"), std::string(), pem_of(curve.get())}) {
    const auto assertion = signed_assertion({"a", "b", pem, "c"}, std::chrono::system_clock::now());
    ASSERT_FALSE(assertion);
    EXPECT_EQ(assertion.error().kind, ErrorKind::invalid_input);
    EXPECT_EQ(assertion.error().message.find("BEGIN"), std::string::npos);
  }
}

TEST(BigqueryKey, ReadsAServiceAccount) {
  const auto key = parse_key(key_json().dump());
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(std::get<ServiceAccountKey>(*key).email, "etl@acme.example");
  for (const char* field : {"client_email", "private_key", "token_uri"}) {
    Json without = key_json();
    without.erase(field);
    const auto refused = parse_key(without.dump());
    ASSERT_FALSE(refused) << field;
    EXPECT_EQ(refused.error().message, "has no \"" + std::string(field) + "\"");
  }
}

TEST(BigqueryKey, ReadsAFederationByFileAndByUrl) {
  Json json = {{"type", "external_account"},
               {"audience", "//iam"},
               {"subject_token_type", "urn:ietf:params:oauth:token-type:jwt"},
               {"token_url", "https://sts.googleapis.com/v1/token"},
               {"credential_source", {{"file", "/run/token"}}}};
  EXPECT_EQ(std::get<Federation>(*parse_key(json.dump())).file, "/run/token");
  json["credential_source"] = {{"url", "http://169.254.169.254/token"},
                               {"headers", {{"Metadata", "True"}}},
                               {"format", {{"type", "json"}, {"subject_token_field_name", "access_token"}}}};
  const auto by_url = parse_key(json.dump());
  ASSERT_TRUE(by_url) << by_url.error().message;
  EXPECT_EQ(std::get<Federation>(*by_url).json_field, "access_token");
  EXPECT_EQ(std::get<Federation>(*by_url).headers.at("Metadata"), "True");
  json["credential_source"] = {{"environment_id", "aws1"}, {"url", "http://169.254.169.254/"}};
  EXPECT_FALSE(parse_key(json.dump()));
}

TEST(BigqueryKey, NoPartOfWhatCannotBeReadIsShown) {
  for (const std::string text :
       {"hunter2", R"({"type":"hunter2"})", R"(["hunter2"])", R"({"type":"service_account","client_email":"hunter2"})"}) {
    const auto key = parse_key(text);
    ASSERT_FALSE(key);
    EXPECT_EQ((key.error().message + key.error().hint).find("hunter2"), std::string::npos) << key.error().message;
  }
}

Result<Target> target_of(std::map<std::string, std::string, std::less<>> values, const std::string& metadata_host = {}) {
  connectors::Settings settings;
  settings.name = "there";
  settings.type = "bigquery";
  values.emplace("project", "acme");
  settings.values = std::move(values);
  settings.schema = "marts";
  const auto elsewhere = [](const std::string&) { return std::vector<std::string>{"192.0.2.7"}; };
  const auto variables = [metadata_host](const char* name) {
    return std::string(name) == "GCE_METADATA_HOST" ? metadata_host : std::string();
  };
  return make_target(settings, elsewhere, variables);
}

TEST(BigqueryTarget, GoesToGoogleUnlessToldOtherwise) {
  const auto usual = target_of({{"credentials", key_json().dump()}});
  ASSERT_TRUE(usual) << usual.error().message;
  EXPECT_EQ(usual->endpoint->url.origin(), "https://bigquery.googleapis.com");
  EXPECT_EQ(usual->token_services.at(0)->url.origin(), "https://oauth2.googleapis.com");
  EXPECT_EQ(usual->login, "the service account etl@acme.example");
  EXPECT_EQ(usual->priority, "INTERACTIVE");
  EXPECT_EQ(usual->table_project, "acme");
  // The private key is masked by itself, too.
  const std::string line = pem_of(rsa().get());
  EXPECT_EQ(usual->endpoint->redact("it said " + line), "it said ***");
  EXPECT_EQ(target_of({{"credentials", key_json().dump()}, {"url", "https://bigquery-acme.p.googleapis.com"}})->endpoint->url.host,
            "bigquery-acme.p.googleapis.com");
}

TEST(BigqueryTarget, WithoutAKeyTheMachineIsAsked) {
  EXPECT_EQ(target_of({})->token_services.at(0)->url.origin(), "http://metadata.google.internal");
  EXPECT_EQ(target_of({}, "127.0.0.1:8080")->token_services.at(0)->url.origin(), "http://127.0.0.1:8080");
}

TEST(BigqueryTarget, RefusesWhatItDoesNotUnderstand) {
  const std::string key = key_json().dump();
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"project", ""},         {"credentials", "{}"},           {"priority", "fast"}, {"maximum_bytes_billed", "10 GB"},
      {"url", "http://proxy"}, {"url", "https://x.example/v2"}, {"pasword", "x"},
  };
  for (const auto& [name, value] : wrong) {
    std::map<std::string, std::string, std::less<>> values = {{"credentials", key}};
    values[name] = value;
    const auto target = target_of(values);
    ASSERT_FALSE(target) << name;
    EXPECT_EQ(target.error().kind, ErrorKind::invalid_input);
    EXPECT_NE((target.error().message + target.error().hint).find(name), std::string::npos) << target.error().message;
  }
}

}  // namespace
}  // namespace penstock::bigquery
