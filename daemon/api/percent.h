#pragma once

#include <string>
#include <string_view>

namespace penstock::api {

/// A text as one segment of a URL's path or one value of its query (RFC 3986): all but the unreserved characters as %XX.
std::string percent_encoded(std::string_view text);

/// The text again. What is no %XX stays as it is.
std::string percent_decoded(std::string_view text);

}  // namespace penstock::api
