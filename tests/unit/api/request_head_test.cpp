#include "daemon/api/request_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "daemon/api/chunked_body.h"

namespace penstock::api {
namespace {

using testing::HasSubstr;
using namespace std::string_view_literals;

constexpr std::size_t kMostBytes = 4096;
constexpr unsigned kSeed = 20261130;

int status_of(const std::string& head) {
  const auto read = read_request_head(head, kMostBytes);
  return read ? 200 : read.error().status;
}

std::string post_with(const std::string& fields) { return "POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n"; }

TEST(RequestHead, WhatTwoReadersMayUnderstandDifferentlyIs400) {
  for (const std::string fields :
       {"Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5, 5\r\n",
        "Content-Length: -1\r\n", "Content-Length: +1\r\n", "Content-Length: 0x1\r\n", "Content-Length: 1 1\r\n", "Content-Length:\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: \"chunked\"\r\n", "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding:\r\n",
        "Transfer-Encoding : chunked\r\n", "Content-Length : 5\r\n", "Content-Length\t: 5\r\n", " Content-Length: 5\r\n", "Host: other\r\n", "host: localhost\r\n",
        "A: b\r\n folded\r\n", "A: b\r\n\tfolded\r\n", "A\r\n", ": b\r\n", "A b: c\r\n", "A(: b\r\n", "A\xc3\xa9: b\r\n", "Authorization: a\r\nAuthorization: b\r\n",
        "Content-Type: a\r\ncontent-type: b\r\n", "Origin: a\r\nOrigin: b\r\n", "Expect: 100-continue\r\nExpect: 100-continue\r\n"}) {
    EXPECT_EQ(status_of(post_with(fields)), 400) << fields;
  }
  for (const char control : {'\0', '\x01', '\b', '\x1b', '\x7f'}) {
    EXPECT_EQ(status_of(post_with(std::string("A: b") + control + "c\r\n")), 400) << static_cast<int>(control);
    EXPECT_EQ(status_of(post_with(std::string("A") + control + ": c\r\n")), 400) << static_cast<int>(control);
    EXPECT_EQ(status_of(std::string("GET /a") + control + " HTTP/1.1\r\nHost: a\r\n\r\n"), 400) << static_cast<int>(control);
  }
}

TEST(RequestHead, AFaultyFirstLineIsRefused) {
  for (const char* line : {"", " ", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET / / HTTP/1.1", "GET\t/\tHTTP/1.1", "G(T / HTTP/1.1",
                           "GET / http/1.1", "GET / HTTP/1.", "GET / HTTP/11", "GET / HTTP/1.1x", "GET runs HTTP/1.1", "GET * HTTP/1.1", "CONNECT a:1 HTTP/1.1", "BREW / HTTP/1.1", "get / HTTP/1.1", "PRI * HTTP/2.0",
                           "GET /#a HTTP/1.1", "GET ftp://a/ HTTP/1.1", "GET http:/a HTTP/1.1", "GET http://a@b/ HTTP/1.1", "GET http://a b/ HTTP/1.1"}) {
    EXPECT_EQ(status_of(std::string(line) + "\r\nHost: localhost\r\n\r\n"), 400) << line;
  }
  for (const char* line : {"GET / HTTP/2.0", "GET / HTTP/0.9", "GET / HTTP/1.2"}) {
    const int status = status_of(std::string(line) + "\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(status, 505) << line;
  }
  EXPECT_EQ(status_of("GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n"), 414);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400) << "no Host";
  EXPECT_EQ(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  for (const char* host : {"a/b", "a b", "a@b", "a?b", "a#b", "\xff", "a\\b"}) {
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n"), 400) << host;
  }
}

TEST(RequestHead, TheLibraryIsGivenTheSameRequestWithoutItsFrame) {
  const auto read = read_request_head("\r\nPOST /a?b=c%20d HTTP/1.1\r\nHoSt:  localhost:4780 \r\nX:\r\nA: b\tc \xc3\xa9\r\nContent-Length: 4096\r\nExpect: 100-Continue\r\n\r\n",
                                      kMostBytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text, "POST /a?b=c%20d HTTP/1.1\r\nHoSt: localhost:4780\r\nX: \r\nA: b\tc \xc3\xa9\r\n");
  EXPECT_EQ(read->body, RequestHead::Body::sized);
  EXPECT_EQ(read->length, 4096U);
  EXPECT_TRUE(read->expects_continue);
  EXPECT_EQ(read_request_head(post_with("Transfer-Encoding: Chunked\r\n"), kMostBytes)->body, RequestHead::Body::chunked);
  EXPECT_EQ(read_request_head(post_with(""), kMostBytes)->body, RequestHead::Body::none);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), 200);
  EXPECT_EQ(status_of("GET / HTTP/1.0\r\n\r\n"), 200);
  EXPECT_EQ(status_of("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
}

TEST(RequestHead, AWholeAddressNamesTheHost) {
  const auto text_of = [](const std::string& target) { return read_request_head("GET " + target + " HTTP/1.1\r\nHost: evil\r\n\r\n", kMostBytes)->text; };
  EXPECT_EQ(text_of("http://localhost:4780/a?b"), "GET /a?b HTTP/1.1\r\nHost: localhost:4780\r\n");
  EXPECT_EQ(text_of("HTTPS://localhost"), "GET / HTTP/1.1\r\nHost: localhost\r\n");
  EXPECT_EQ(text_of("http://localhost?q=1"), "GET /?q=1 HTTP/1.1\r\nHost: localhost\r\n");
}

TEST(RequestHead, WhatIsUnderstoodAndNotTakenHasItsOwnStatus) {
  EXPECT_EQ(status_of(post_with("Content-Length: 4097\r\n")), 413);
  EXPECT_EQ(status_of(post_with("Content-Length: 99999999999999999999999999\r\n")), 413);
  EXPECT_EQ(status_of(post_with("Expect: rain\r\n")), 417);
  EXPECT_EQ(status_of(post_with("A: " + std::string(9000, 'x') + "\r\n")), 431);
  for (const char* fields : {"Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n"}) {
    const auto read = read_request_head("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n", kMostBytes);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().detail, HasSubstr("GET has no body"));
  }
}

TEST(RequestHead, ABareLineEndIsSeenBeforeTheHeadEnds) {
  EXPECT_TRUE(can_be_request("", 0));
  EXPECT_TRUE(can_be_request("GET / HT", 0));
  EXPECT_TRUE(can_be_request("\r\nGET / HTTP/1.1\r\nA: b\r", 0));
  for (const char* begun : {"GET / HTTP/1.1\n", "GET / HTTP/1.1\rA", "\n", "\r\r\n", " GET", "\x16\x03\x01", "GET / HTTP/1.1\r\nA: b\n"}) {
    EXPECT_FALSE(can_be_request(begun, 0)) << begun;
  }
}

// Whatever is taken comes out as lines of which no reader could doubt the end, and is taken again as the same.
TEST(RequestHead, MutantsAreRefusedOrPlain) {
  std::mt19937 random(kSeed);
  const std::string seed = "POST /api/v1/plan?a=b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
  const std::string_view bytes = " \t\r\n\0:;,-+.0159AaZ/?#*\x7f\x80\xff\"()chunked"sv;
  int taken = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string head = seed.substr(0, seed.size() - 2);
    for (auto change = random() % 3 + 1; change > 0; --change) {
      const std::size_t at = random() % head.size();
      const char byte = bytes[random() % bytes.size()];
      switch (random() % 4) {
        case 0: head[at] = byte; break;
        case 1: head.insert(at, 1, byte); break;
        case 2: head.erase(at, 1); break;
        case 3: head.insert(at, head.substr(random() % head.size(), random() % 40)); break;
      }
    }
    head += "\r\n";
    head = head.substr(0, head.find("\r\n\r\n") + 4);
    if (head.size() < 4 || !can_be_request(head, 0)) continue;
    const auto read = read_request_head(head, kMostBytes);
    if (!read) continue;
    ++taken;
    EXPECT_EQ(read->text.find('\0'), std::string::npos);
    EXPECT_TRUE(can_be_request(read->text, 0)) << head;
    const auto again = read_request_head(read->text + "\r\n", kMostBytes);
    ASSERT_TRUE(again) << head;
    EXPECT_EQ(again->text, read->text);
    EXPECT_EQ(again->body, RequestHead::Body::none) << head;
  }
  EXPECT_GT(taken, 1000);
}

struct Fed {
  ChunkedBody::State state = ChunkedBody::State::unfinished;
  std::size_t used = 0;
  std::string body;
};

Fed feed(const std::string& bytes, std::size_t part) {
  ChunkedBody chunks(kMostBytes);
  Fed fed;
  for (std::size_t at = 0; at < bytes.size(); at += part) fed.used += chunks.feed(std::string_view(bytes).substr(at, part));
  fed.state = chunks.state();
  fed.body = chunks.take();
  return fed;
}

TEST(ChunkedBody, IsPutTogetherAndEndsWhereItEnds) {
  const Fed fed = feed("5\r\nhello\r\n1;a=\"b c\"\r\n,\r\n00006\r\n world\r\n0\r\nTrailer: x\r\n\r\nGET /next", 1000);
  EXPECT_EQ(fed.state, ChunkedBody::State::whole);
  EXPECT_EQ(fed.body, "hello, world");
  EXPECT_EQ(fed.used, std::string("5\r\nhello\r\n1;a=\"b c\"\r\n,\r\n00006\r\n world\r\n0\r\nTrailer: x\r\n\r\n").size());
}

TEST(ChunkedBody, FaultyFramesAreRefused) {
  for (const std::string bytes : {"-1\r\n", "+1\r\n", "0x1\r\n", "g\r\n", "\r\n", " 1\r\n", "1 \r\n", "1 ;a\r\n", "1,a\r\n", "1\n", "1\ra", "1\r\nab\r\n", "1\r\na\n", "1\r\naGET",
                                  "0\r\nA\r\n", "0\r\n: b\r\n", "0\r\n a: b\r\n", "0\r\nA : b\r\n", "0\r\nA: b\n"}) {
    EXPECT_EQ(feed(bytes, bytes.size()).state, ChunkedBody::State::malformed) << bytes;
  }
  EXPECT_EQ(feed("1;" + std::string(2000, 'x'), 5000).state, ChunkedBody::State::malformed);
  EXPECT_EQ(feed(std::string("1;a\0\r\n", 6), 6).state, ChunkedBody::State::malformed);
  for (const char* size : {"1001\r\n", "ffffffffffffffff\r\n", "10000000000000005\r\n"}) {
    EXPECT_EQ(feed(size, 100).state, ChunkedBody::State::too_large) << size;
  }
  std::string tiny;
  for (int i = 0; i < 1000; ++i) tiny += "1\r\nx\r\n";
  EXPECT_EQ(feed(tiny, 100).state, ChunkedBody::State::too_large);
}

TEST(ChunkedBody, WhereTheNetworkCutsMakesNoDifference) {
  std::mt19937 random(kSeed);
  const std::string seed = "3\r\nabc\r\na;x=y\r\n0123456789\r\n0\r\nT: u\r\n\r\nGET / HTTP/1.1\r\n";
  const std::string_view bytes = "\r\n0123aF;: \0x"sv;
  for (int i = 0; i < 20'000; ++i) {
    std::string mutant = seed;
    for (auto change = random() % 3; change > 0; --change) mutant[random() % mutant.size()] = bytes[random() % bytes.size()];
    const Fed whole = feed(mutant, mutant.size());
    const Fed cut = feed(mutant, random() % 5 + 1);
    EXPECT_EQ(cut.state, whole.state) << mutant;
    EXPECT_EQ(cut.used, whole.used) << mutant;
    EXPECT_EQ(cut.body, whole.body) << mutant;
  }
}

}  // namespace
}  // namespace penstock::api
