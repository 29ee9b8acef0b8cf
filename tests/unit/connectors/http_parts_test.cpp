#include <gtest/gtest.h>
#include <zlib.h>

#include "connectors/http/client.h"
#include "connectors/http/inflating.h"
#include "connectors/http/proxy.h"
#include "connectors/http/url.h"

namespace penstock::http {
namespace {

using namespace std::chrono_literals;

TEST(Url, IsReadInItsParts) {
  const auto url = parse_url("https://Trino.Example:8443/v1/x?y=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "trino.example");
  EXPECT_EQ(url->origin(), "https://trino.example:8443");
  EXPECT_EQ(url->path, "/v1/x?y=1");
  EXPECT_EQ(parse_url("http://[::1]")->authority(), "[::1]:80");
  EXPECT_EQ(parse_url("http://[::1]:8080")->origin(), "http://[::1]:8080");
  for (const char* wrong : {"", "x", "https://", "https://a:0", "https://a:65536", "https://a:b", "https://a:", "https://a b",
                            "https://u@a", "https://a/#x", "https://\xc3\xa4", "https://a\r\nHost: b"}) {
    EXPECT_FALSE(parse_url(wrong)) << wrong;
  }
}

std::string proxy_for(const std::string& url, std::map<std::string, std::string> variables) {
  const auto proxy = proxy_of_environment(*parse_url(url), [&](const char* name) { return variables[name]; });
  return !proxy ? "error: " + proxy.error().message : *proxy ? (*proxy)->host + ":" + std::to_string((*proxy)->port) : "none";
}

TEST(Proxy, ComesFromTheEnvironment) {
  EXPECT_EQ(proxy_for("https://t.example", {{"HTTPS_PROXY", "http://p:3128"}, {"HTTP_PROXY", "http://q:1"}}), "p:3128");
  EXPECT_EQ(proxy_for("https://t.example", {{"HTTPS_PROXY", "http://p:3128"}, {"https_proxy", "r:2"}}), "r:2");
  EXPECT_EQ(proxy_for("http://t.example", {{"HTTPS_PROXY", "http://p:3128"}, {"http_proxy", "http://q:1/"}}), "q:1");
  EXPECT_EQ(proxy_for("https://t.example", {{"HTTP_PROXY", "http://q:1"}}), "none");
  for (const char* here : {"https://localhost:8443", "https://127.0.0.1", "https://[::1]", "https://a.localhost"}) {
    EXPECT_EQ(proxy_for(here, {{"HTTPS_PROXY", "http://p:3128"}}), "none") << here;
  }
  EXPECT_EQ(proxy_for("https://t.example", {{"HTTPS_PROXY", "https://p:3128"}}).find("error: the environment variable HTTPS_PROXY"), 0U);
}

TEST(Proxy, IsPassedByWhereNoProxySaysSo) {
  const auto is_passed = [](const char* url, const char* list) {
    return proxy_for(url, {{"HTTPS_PROXY", "p:1"}, {"NO_PROXY", list}}) == "none";
  };
  for (const char* list : {"t.example", ".example", "example", "*.example", "a, T.Example ,b", "*", "t.example:8443"}) {
    EXPECT_TRUE(is_passed("https://t.example:8443", list)) << list;
  }
  for (const char* list : {"", "x.example", "ample", "t.example:443", "t.example.org", ",", "10.0.0.0/8"}) {
    EXPECT_FALSE(is_passed("https://t.example:8443", list)) << list;
  }
  for (const char* list : {"10.0.0.0/8", "10.1.2.3", "10.1.2.0/23", "10.1.2.3/32", "0.0.0.0/0"})
    EXPECT_TRUE(is_passed("https://10.1.2.3", list)) << list;
  for (const char* list : {"10.1.3.0/24", "11.0.0.0/8", "10.1.2.3/33", "::/0"}) EXPECT_FALSE(is_passed("https://10.1.2.3", list)) << list;
  EXPECT_TRUE(is_passed("https://[fd00::1]", "fd00::/8"));
}

TEST(Proxy, ReadsItsLogin) {
  const auto proxy = parse_proxy("http://us%20er:p%40ss@p.example:3128");
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->password, "p@ss");
  EXPECT_EQ(proxy->authorization, basic_authorization("us er", "p@ss"));
  EXPECT_FALSE(parse_proxy("socks5://p:1080"));
}

TEST(RetryAfter, IsSecondsOrADate) {
  const auto now = *http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(retry_after("120", now), 120s);
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:50:07 GMT", now), 30s);
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:49:07 GMT", now), 0s);
  EXPECT_EQ(retry_after("-5", now), 0s);
  EXPECT_EQ(retry_after("99999999999999999999", now), 24h);
  for (const char* neither : {"", "soon", "5x", "Sun, 06 Nov"}) EXPECT_EQ(retry_after(neither, now), std::nullopt) << neither;
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

TEST(Inflating, KnowsWholeFromBrokenAndStopsAtItsBound) {
  using State = Inflating::State;
  const std::string text(100'000, 'x');
  const std::string packed = gzip(text);
  const auto unpacked = [&](const std::string& from, std::size_t most) {
    std::string to;
    Inflating inflating(most);
    const State state = inflating.add(from, to);
    EXPECT_LE(to.size(), most);
    return std::pair(state, to);
  };
  EXPECT_EQ(unpacked(packed, text.size()), std::pair(State::whole, text));
  EXPECT_EQ(unpacked(packed, text.size() - 1).first, State::too_large);
  EXPECT_EQ(unpacked(packed.substr(0, packed.size() - 1), text.size()).first, State::more);
  EXPECT_EQ(unpacked(packed + "x", text.size()).first, State::broken);
  EXPECT_EQ(unpacked("<html>", text.size()).first, State::broken);
  std::string by_bytes;
  Inflating inflating(text.size());
  State state = State::more;
  for (const char byte : packed) state = inflating.add({&byte, 1}, by_bytes);
  EXPECT_EQ(state, State::whole);
  EXPECT_EQ(by_bytes, text);
}

}  // namespace
}  // namespace penstock::http
