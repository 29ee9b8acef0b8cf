#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include "connectors/http/client.h"
#include "tests/faults/connectors/scripted_server.h"

namespace penstock::faults {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "planted-secret-4711";
const std::string kOk = "HTTP/1.1 200 OK\r\n";

using Values = std::map<std::string, std::string, std::less<>>;

std::shared_ptr<http::Endpoint> endpoint(const std::string& scheme, int port, Values values = {}) {
  connectors::Settings settings;
  settings.name = "there";
  settings.type = "test";
  settings.values = std::move(values);
  settings.values.emplace("url", scheme + "://localhost:" + std::to_string(port));
  settings.values.emplace("patience", "3s");
  settings.secrets = {kSecret};
  http::Wanted wanted;
  wanted.name = "the warehouse";
  wanted.has_login = true;
  const auto no_environment = [](const char*) { return std::string(); };
  auto made = http::make_endpoint(settings, wanted, connectors::look_up, no_environment);
  EXPECT_TRUE(made) << made.error().message;
  made->most_body = 100'000;
  return std::make_shared<http::Endpoint>(*std::move(made));
}

Result<http::Answer> ask(const std::shared_ptr<http::Endpoint>& there, http::Request request = {"GET", "/v1/x"}) {
  http::Client client(there, http::make_fixed(std::string("Bearer ") + kSecret));
  return client.ask(request);
}

/// What such an error says; that it holds no secret and has a way out.
std::string told(const Result<http::Answer>& answer, ErrorKind kind) {
  if (answer) return "an answer with status " + std::to_string(answer->status);
  EXPECT_EQ(answer.error().kind, kind) << answer.error().message;
  EXPECT_FALSE(answer.error().hint.empty()) << answer.error().message;
  const std::string text = answer.error().message + " = " + answer.error().hint;
  EXPECT_THAT(text, Not(HasSubstr(kSecret)));
  return text;
}

void answer_each(Talk& talk) {
  while (!talk.read_request().empty()) talk.answer(R"({"is":"fine"})");
}

TEST(HttpClient, KeepsItsConnectionToAServerThatItTrusts) {
  Authority authority;
  ScriptedServer server(answer_each, authority.issue("DNS:localhost"));
  http::Client client(endpoint("https", server.port(), {{"ca_file", authority.file()}}), http::make_fixed(""));
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.ask({"GET", "/v1/x"});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(client.json_of(*answer)->at("is"), "fine");
  }
  EXPECT_EQ(server.connections(), 1);
  ASSERT_TRUE(client.way().peer);
  EXPECT_EQ(client.way().peer->chain.front().issuer, "CN=Test Authority");
}

TEST(HttpClient, TellsWhyItDoesNotTrustAServer) {
  Authority authority;
  Authority other;
  std::atomic<int> requests = 0;
  const auto count = [&](Talk& talk) { requests += talk.read_request().empty() ? 0 : 1; };
  const auto refused = [&](const Identity& identity, const std::string& ca_file) {
    ScriptedServer server(count, identity);
    return told(ask(endpoint("https", server.port(), {{"ca_file", ca_file}})), ErrorKind::refused);
  };
  EXPECT_THAT(refused(authority.issue("DNS:localhost"), other.file()), AllOf(HasSubstr("CN=Test Authority"), HasSubstr("`ca_file`")));
  EXPECT_THAT(refused(authority.self_signed("DNS:localhost"), authority.file()), AllOf(HasSubstr("self-signed"), HasSubstr("`ca_file`")));
  EXPECT_THAT(refused(authority.issue("DNS:localhost", -1h), authority.file()), AllOf(HasSubstr("has expired on 20"), HasSubstr("clock")));
  EXPECT_THAT(refused(authority.issue("DNS:other.example,IP:127.0.0.1"), authority.file()),
              AllOf(HasSubstr("is for other.example, 127.0.0.1"), HasSubstr("`url`")));
  EXPECT_EQ(requests, 0) << "nothing is said to a server that is not trusted";
  ScriptedServer unverified(answer_each, authority.self_signed("DNS:elsewhere"));
  EXPECT_TRUE(ask(endpoint("https", unverified.port(), {{"tls_verify", "false"}})));
}

TEST(HttpClient, ShowsACertificateWhereOneIsWanted) {
  Authority authority;
  Authority other("Other Authority");
  const Identity mine = authority.issue("DNS:client");
  const Identity foreign = other.issue("DNS:client");
  const auto asked = [&](Values values) {
    ScriptedServer server(answer_each, authority.issue("DNS:localhost"), authority.file());
    values.emplace("ca_file", authority.file());
    return ask(endpoint("https", server.port(), std::move(values)));
  };
  EXPECT_THAT(told(asked({}), ErrorKind::unauthenticated), HasSubstr("set `client_certificate` and `client_key`"));
  const auto strange = asked({{"client_certificate", foreign.certificate}, {"client_key", content_of(foreign.key)}});
  EXPECT_THAT(told(strange, ErrorKind::unauthenticated), HasSubstr("does not take our certificate"));
  EXPECT_TRUE(asked({{"client_certificate", mine.certificate}, {"client_key", content_of(mine.key)}}));
}

TEST(HttpClient, TellsWhatIsNoTlsAndWhatIsNoHttp) {
  ScriptedServer plain([](Talk& talk) { talk.write("HTTP/1.1 400 Bad\r\n\r\n"); });
  EXPECT_THAT(told(ask(endpoint("https", plain.port())), ErrorKind::refused), AllOf(HasSubstr("does not speak TLS"), HasSubstr("`url`")));
  ScriptedServer shell([](Talk& talk) { talk.read_request(), talk.write("SSH-2.0-OpenSSH_9.2\r\n\r\n"); });
  EXPECT_THAT(told(ask(endpoint("http", shell.port())), ErrorKind::permanent), HasSubstr("does not speak HTTP"));
  ScriptedServer silent([](Talk& talk) { talk.wait_for_end(); });
  EXPECT_THAT(told(ask(endpoint("https", silent.port(), {{"connect_timeout", "200ms"}, {"patience", "1s"}})), ErrorKind::unavailable),
              AllOf(HasSubstr("TLS handshake"), HasSubstr("`connect_timeout`")));
  EXPECT_THAT(told(ask(endpoint("http", 1, {{"patience", "100ms"}})), ErrorKind::unavailable),
              AllOf(HasSubstr("Connection refused"), HasSubstr("`url`")));
  EXPECT_THAT(told(ask(endpoint("https", 1, {{"url", "https://nowhere.invalid"}, {"patience", "100ms"}})), ErrorKind::unavailable),
              AllOf(HasSubstr("nowhere.invalid"), HasSubstr("`url`")));
}

TEST(HttpClient, GoesThroughAProxyAndTellsWhereThatRefuses) {
  Authority authority;
  ScriptedServer server(answer_each, authority.issue("DNS:localhost"));
  const auto through = [&](const ScriptedServer& proxy, Values values = {}) {
    values.emplace("ca_file", authority.file());
    values.emplace("proxy", "http://localhost:" + std::to_string(proxy.port()));
    values.emplace("patience", "300ms");
    return ask(endpoint("https", server.port(), std::move(values)));
  };
  std::string connect;
  ScriptedServer good([&](Talk& talk) {
    connect = talk.read_request();
    talk.write("HTTP/1.1 200 Connection established\r\n\r\n");
    talk.join(server.port());
  });
  EXPECT_TRUE(through(good, {{"proxy_user", "us"}, {"proxy_password", kSecret}}));
  EXPECT_THAT(connect, AllOf(HasSubstr("CONNECT localhost:"), HasSubstr("Proxy-Authorization: Basic"), Not(HasSubstr("Bearer"))));
  ScriptedServer guarded([](Talk& talk) { talk.read_request(), talk.write("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"); });
  EXPECT_THAT(told(through(guarded), ErrorKind::unauthenticated), HasSubstr("`proxy_user` and `proxy_password`"));
  ScriptedServer strict([](Talk& talk) { talk.read_request(), talk.write("HTTP/1.1 403 No\r\n\r\n<html>"); });
  EXPECT_THAT(told(through(strict), ErrorKind::refused), AllOf(HasSubstr("does not let us through"), HasSubstr("`proxy`")));
  ScriptedServer deaf([](Talk& talk) { talk.read_request(); });
  EXPECT_THAT(told(through(deaf), ErrorKind::unavailable), AllOf(HasSubstr("did not answer CONNECT"), HasSubstr("`proxy`")));
}

TEST(HttpClient, BoundsWhatAServerSays) {
  const auto said = [](const std::function<void(Talk&)>& script, ErrorKind kind, const std::string& patience = "3s") {
    ScriptedServer server([&](Talk& talk) {
      if (!talk.read_request().empty()) script(talk);
    });
    return told(ask(endpoint("http", server.port(), {{"patience", patience}})), kind);
  };
  EXPECT_THAT(said(
                  [](Talk& talk) {
                    while (talk.write("HTTP/1.1 200 OK" + std::string(1000, 'x')))
                      ;
                  },
                  ErrorKind::permanent),
              HasSubstr("the head of the answer is longer than"));
  EXPECT_THAT(said(
                  [](Talk& talk) {
                    talk.write(kOk);
                    while (talk.write("X-More: y\r\n"))
                      ;
                  },
                  ErrorKind::permanent),
              HasSubstr("head"));
  EXPECT_THAT(said(
                  [](Talk& talk) {
                    talk.write(kOk + "Content-Length: 99999999999\r\n\r\n");
                    while (talk.write(std::string(1000, 'x')))
                      ;
                  },
                  ErrorKind::permanent),
              AllOf(HasSubstr("larger than 97 KiB"), HasSubstr("`url`")));
  EXPECT_THAT(said(
                  [](Talk& talk) {
                    talk.write(kOk + "Transfer-Encoding: chunked\r\n\r\n");
                    while (talk.write("3\r\nabc\r\n"))
                      ;
                  },
                  ErrorKind::permanent),
              HasSubstr("larger than"));
  EXPECT_THAT(said(
                  [](Talk& talk) {
                    talk.write(kOk + "Transfer-Encoding: chunked\r\n\r\n");
                    while (talk.write("000000"))
                      ;
                  },
                  ErrorKind::permanent),
              HasSubstr("no end"));
  EXPECT_THAT(said(
                  [](Talk& talk) {
                    talk.write(kOk);
                    while (talk.write("X: ")) std::this_thread::sleep_for(10ms);
                  },
                  ErrorKind::unavailable, "300ms"),
              AllOf(HasSubstr("did not begin its answer"), HasSubstr("`patience`")));
  EXPECT_THAT(said(
                  [](Talk& talk) {
                    talk.write(kOk + "\r\n");
                    while (talk.write("x")) std::this_thread::sleep_for(10ms);
                  },
                  ErrorKind::unavailable, "300ms"),
              AllOf(HasSubstr("did not go on with its answer"), HasSubstr("`patience`")));
  EXPECT_THAT(said([](Talk& talk) { talk.write(kOk + "Content-Length: 10\r\n\r\nabc"); }, ErrorKind::unavailable, "300ms"),
              HasSubstr("before its answer was whole"));
}

TEST(HttpClient, ASlowHeadIsGivenUpAndAskedForAgain) {
  std::atomic<int> asked = 0;
  ScriptedServer server([&](Talk& talk) {
    talk.read_request();
    if (++asked == 1) return talk.wait_for_end();
    talk.answer("late");
  });
  const auto there = endpoint("http", server.port());
  there->silence = 200ms;
  const auto answer = ask(there);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "late");
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(HttpClient, UnpacksGzipAndTellsWhereItIsNone) {
  const auto answered = [](const std::string& body, const std::string& encoding) {
    ScriptedServer server([&](Talk& talk) {
      while (!talk.read_request().empty()) talk.answer(body, "Content-Encoding: " + encoding + "\r\n");
    });
    return ask(endpoint("http", server.port()));
  };
  const std::string text(50'000, 'x');
  EXPECT_EQ(answered(gzip(text), "gzip")->body, text);
  EXPECT_THAT(told(answered(gzip(text).substr(0, 40), "gzip"), ErrorKind::permanent), AllOf(HasSubstr("breaks off"), HasSubstr("`url`")));
  EXPECT_THAT(told(answered(gzip(std::string(10'000'000, 'x')), "gzip"), ErrorKind::permanent), HasSubstr("when it is unpacked"));
  EXPECT_THAT(told(answered("<html>", "gzip"), ErrorKind::permanent), HasSubstr("is not"));
  EXPECT_THAT(told(answered("x", "br"), ErrorKind::permanent), HasSubstr("nobody has asked for"));
}

TEST(HttpClient, TellsWhatIsNoJson) {
  for (const std::string& body :
       {std::string("<html>login</html>"), std::string("{\"a\":\"\xff\"}"), std::string("{\"a\":"), std::string()}) {
    ScriptedServer server([&](Talk& talk) {
      while (!talk.read_request().empty()) talk.answer(body, "Content-Type: text/html\r\n");
    });
    http::Client client(endpoint("http", server.port()), http::make_fixed(""));
    const auto json = client.json_of(*client.ask({"GET", "/"}));
    ASSERT_FALSE(json) << body;
    EXPECT_THAT(json.error().message + json.error().hint, AllOf(HasSubstr("is no JSON but text/html"), HasSubstr("`url`")));
  }
}

TEST(HttpClient, WaitsAsLongAsItIsAskedTo) {
  std::atomic<int> asked = 0;
  ScriptedServer server([&](Talk& talk) {
    while (!talk.read_request().empty()) {
      if (++asked == 1) talk.write("HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
      if (asked > 1) talk.answer("there");
    }
  });
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(endpoint("http", server.port()))->body, "there");
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 1s);
  ScriptedServer busy([&](Talk& talk) {
    while (!talk.read_request().empty()) talk.write("HTTP/1.1 503 Busy\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n");
  });
  const auto there = endpoint("http", busy.port(), {{"patience", "60s"}});
  http::Client client(there, http::make_fixed(""));
  const auto answer = client.ask({"GET", "/"});
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s) << "it is longer than the patience";
  ASSERT_TRUE(answer);
  EXPECT_THAT(client.refusal(*answer).hint, HasSubstr("3600 s"));
}

TEST(HttpClient, TakesItsLoginToNoOtherServer) {
  std::atomic<int> strayed = 0;
  ScriptedServer other([&](Talk& talk) { strayed += talk.read_request().empty() ? 0 : 1; });
  ScriptedServer server([&](Talk& talk) {
    for (std::string request; !(request = talk.read_request()).empty();) {
      const std::string to =
          request.find("/v1/away") != std::string::npos ? "http://localhost:" + std::to_string(other.port()) + "/stolen" : "/v1/here";
      if (request.find("/v1/here") != std::string::npos)
        talk.answer("here");
      else
        talk.write("HTTP/1.1 307 Go\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n");
    }
  });
  EXPECT_EQ(ask(endpoint("http", server.port()))->body, "here");
  EXPECT_THAT(told(ask(endpoint("http", server.port()), {"GET", "/v1/away"}), ErrorKind::refused),
              AllOf(HasSubstr("sends us on"), HasSubstr("`url`")));
  EXPECT_EQ(strayed, 0);
}

TEST(HttpClient, SendsWhatMustNotBeRepeatedOnce) {
  std::atomic<int> got = 0;
  ScriptedServer server([&](Talk& talk) {
    while (true) {
      const std::string request = talk.read_request();
      if (request.rfind("POST", 0) == 0) {
        ++got;
        return;
      }
      if (request.empty() || !talk.answer("fine")) return;
      if (request.find("/last") != std::string::npos) return;
    }
  });
  http::Request post{"POST", "/v1/x"};
  post.body = "{}";
  post.is_repeatable = false;
  const auto there = endpoint("http", server.port(), {{"patience", "500ms"}});
  EXPECT_THAT(told(ask(there, post), ErrorKind::in_doubt), HasSubstr("is not known"));
  EXPECT_EQ(got, 1);
  // A connection that the server has closed meanwhile is seen to be so before anything is sent on it.
  Authority authority;
  std::atomic<int> posts = 0;
  ScriptedServer closing(
      [&](Talk& talk) {
        posts += talk.read_request().rfind("POST", 0) == 0 ? 1 : 0;
        talk.answer("fine");
      },
      authority.issue("DNS:localhost"));
  http::Client client(endpoint("https", closing.port(), {{"ca_file", authority.file()}}), http::make_fixed(""));
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.ask(post);
    ASSERT_TRUE(answer) << answer.error().message;
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_EQ(posts, 3);
}

TEST(HttpClient, WhatAServerSaysOfARefusalHoldsNoSecret) {
  ScriptedServer server([](Talk& talk) {
    for (std::string request; !(request = talk.read_request()).empty();) {
      const std::string echo = request.substr(request.find("Authorization"));
      talk.write("HTTP/1.1 418 Odd\r\nContent-Length: " + std::to_string(echo.size()) + "\r\n\r\n" + echo);
    }
  });
  connectors::Settings none;
  const auto there = endpoint("http", server.port());
  there->redact = connectors::Redactor(none);  // A fetched token is in no setting.
  http::Client client(there, http::make_fixed("Negotiate opaque1opaque2"));
  const Error error = client.refusal(*client.ask({"GET", "/"}));
  EXPECT_EQ(error.kind, ErrorKind::permanent);
  EXPECT_THAT(error.message, AllOf(HasSubstr("418"), Not(HasSubstr("opaque1"))));
}

}  // namespace
}  // namespace penstock::faults
