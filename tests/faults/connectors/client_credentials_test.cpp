#include "connectors/http/client_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/http/client.h"
#include "tests/faults/connectors/scripted_server.h"

namespace penstock::faults {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "planted secret+4711";

/// A token service: each token has the number of its request in it.
class Service {
 public:
  explicit Service(std::string more = R"(,"expires_in":3600)") : more_(std::move(more)), server_([this](Talk& talk) { serve(talk); }) {}

  std::shared_ptr<http::Credential> credential(const std::string& scope = "all of it") const {
    connectors::Settings settings;
    settings.name = "there";
    settings.values = {{"token_url", "http://localhost:" + std::to_string(server_.port()) + "/oauth/token"}, {"patience", "500ms"}};
    settings.secrets = {kSecret};
    http::Wanted wanted;
    wanted.name = "the token service";
    wanted.url_key = "token_url";
    wanted.has_login = true;
    auto endpoint = http::make_endpoint(settings, wanted);
    EXPECT_TRUE(endpoint) << endpoint.error().message;
    return http::make_client_credentials(std::make_shared<const http::Endpoint>(*std::move(endpoint)), {"the client", kSecret, scope});
  }

  std::atomic<int> asked = 0;
  std::string refusal;  ///< Instead of a token; set before anybody asks.
  std::string request;  ///< The last one.

 private:
  void serve(Talk& talk) {
    for (std::string text; !(text = talk.read_request()).empty();) {
      request = text;
      ++asked;
      if (refusal.empty()) {
        talk.answer(R"({"access_token":"token-)" + std::to_string(asked) + R"(","token_type":"Bearer")" + more_ + "}");
      } else {
        talk.write(refusal);
      }
    }
  }

  const std::string more_;
  ScriptedServer server_;
};

std::string refusal(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + " No\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(ClientCredentials, AreFetchedOnceAndKept) {
  Service service;
  const auto credential = service.credential();
  EXPECT_EQ(credential->authorization(), "Bearer token-1");
  EXPECT_EQ(credential->authorization(), "Bearer token-1");
  EXPECT_EQ(service.asked, 1);
  // The client and its secret are encoded as forms are before they become Basic: RFC 6749, section 2.3.1.
  EXPECT_THAT(service.request,
              AllOf(HasSubstr("POST /oauth/token HTTP/1.1"), HasSubstr("grant_type=client_credentials&scope=all%20of%20it"),
                    HasSubstr("Basic dGhlJTIwY2xpZW50OnBsYW50ZWQlMjBzZWNyZXQlMkI0NzEx")));
}

TEST(ClientCredentials, AreFetchedAgainBeforeTheyEndAndOnceWhenTheyAreRefused) {
  Service brief(R"(,"expires_in":0)");
  const auto each_time = brief.credential();
  EXPECT_EQ(each_time->authorization(), "Bearer token-1");
  EXPECT_EQ(each_time->authorization(), "Bearer token-2");
  Service service("");
  const auto credential = service.credential();
  std::vector<std::string> seen;
  ScriptedServer target([&](Talk& talk) {
    for (std::string request; !(request = talk.read_request()).empty();) {
      const std::size_t at = request.find("Bearer ");
      seen.push_back(request.substr(at, request.find('\r', at) - at));
      if (seen.back() == "Bearer token-2") {
        talk.answer("fine");
      } else {
        talk.write("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
      }
    }
  });
  connectors::Settings settings;
  settings.values = {{"url", "http://localhost:" + std::to_string(target.port())}};
  http::Wanted wanted;
  wanted.has_login = true;
  http::Client client(std::make_shared<const http::Endpoint>(*http::make_endpoint(settings, wanted)), credential);
  EXPECT_EQ(client.ask({"GET", "/"})->body, "fine");
  EXPECT_THAT(seen, testing::ElementsAre("Bearer token-1", "Bearer token-2"));
  EXPECT_TRUE(credential->renew("Bearer token-1")) << "there is another one already";
  EXPECT_EQ(service.asked, 2);
  EXPECT_TRUE(credential->renew("Bearer token-2"));
  const auto refused = client.ask({"GET", "/"});
  EXPECT_EQ(refused->status, 401) << "once, and no more";
  EXPECT_EQ(service.asked, 4);
}

TEST(ClientCredentials, TellWhichSettingIsWrong) {
  const auto told = [](const std::string& answer, ErrorKind kind) {
    Service service;
    service.refusal = answer;
    const auto authorization = service.credential()->authorization();
    if (authorization) return *authorization;
    EXPECT_EQ(authorization.error().kind, kind) << authorization.error().message;
    const std::string text = authorization.error().message + " = " + authorization.error().hint;
    EXPECT_THAT(text, AllOf(Not(HasSubstr(kSecret)), Not(HasSubstr("cGxhbnRlZ"))));
    return text;
  };
  EXPECT_THAT(told(refusal("401", R"({"error":"invalid_client"})"), ErrorKind::unauthenticated), HasSubstr("`client_secret`"));
  EXPECT_THAT(told(refusal("400", R"({"error":"invalid_client"})"), ErrorKind::unauthenticated), HasSubstr("`client_id`"));
  EXPECT_THAT(told(refusal("400", R"({"error":"invalid_scope"})"), ErrorKind::invalid_input), HasSubstr("`scope`"));
  EXPECT_THAT(told(refusal("404", "<html>"), ErrorKind::permanent), HasSubstr("`token_url`"));
  EXPECT_THAT(told(refusal("500", std::string("oops ") + kSecret), ErrorKind::unavailable), HasSubstr("500"));
  EXPECT_THAT(told("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", ErrorKind::permanent), HasSubstr("`token_url`"));
  EXPECT_THAT(told("HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{\"access_token\":\"a\\r\\nX: y\"}\n", ErrorKind::permanent),
              HasSubstr("no `access_token`"));
  EXPECT_THAT(told("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", ErrorKind::permanent), HasSubstr("is no JSON"));
}

}  // namespace
}  // namespace penstock::faults
