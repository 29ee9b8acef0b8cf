#pragma once

#include <httplib.h>

#include <string>
#include <string_view>

#include "daemon/api/message.h"
#include "daemon/api/request_head.h"

namespace penstock::api {

/// The messages of the HTTP library and our own, one made from the other. The body of a request is added by whoever reads it.
Request to_request(const httplib::Request& from);
void to_library(Response&& response, httplib::Response& to);

/// An answer with a problem document as it goes over the wire, for a connection whose request the library never sees.
std::string raw_problem(const Unreadable& unreadable);

/// Hides from the library what it would act on by itself: a compressor for what is compressed already or must not wait, and a parser for
/// bodies of forms.
void hide_from_library(httplib::Request& request);

/// What `hide_from_library` hid.
bool accepts_gzip(const httplib::Request& request);
std::string media_type_of(const httplib::Request& request);

}  // namespace penstock::api
