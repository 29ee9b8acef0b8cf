#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace penstock::api {

/// Why a request is not read on. The connection ends after this answer, for nobody can say where the next request would begin.
struct Unreadable {
  int status = 400;
  std::string_view reason = "The request cannot be understood";
  std::string_view code = "malformed";
  std::string detail;
  std::string headers = {};  ///< Further ones of the answer, each a line with its end.
};

/// The head of a request, read as RFC 9112 and RFC 9110 want it and no more kindly (both read on 2026-11-30): where two readers could
/// differ about its end, its host or its length, it is refused.
struct RequestHead {
  enum class Body { none, sized, chunked };

  std::string path;           ///< As it is written, without the query.
  std::string authorization;  ///< The value of that field, or empty.
  std::string text;  ///< The request line in origin-form and the fields, one line each, without those that say where the body ends.
  Body body = Body::none;
  std::size_t length = 0;         ///< Of a sized body.
  bool expects_continue = false;  ///< The client sends the body after "100 Continue".
};

/// `lines` end with the empty line. A sized body of more than `most_body_bytes` is refused with 413.
tl::expected<RequestHead, Unreadable> read_request_head(std::string_view lines, std::size_t most_body_bytes);

/// What can be said before the head is complete: bytes that no further byte makes a request, such as a line feed alone or a greeting of
/// TLS. `from`: up to where an earlier call has looked.
bool can_be_request(std::string_view begun, std::size_t from);

/// NAME ":" VALUE, with nothing before the colon and no control character in it.
bool is_field_line(std::string_view line);

}  // namespace penstock::api
