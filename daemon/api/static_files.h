#pragma once

#include <functional>
#include <optional>
#include <string_view>

namespace httplib {
struct Request;
struct Response;
}  // namespace httplib

namespace penstock::api {

/// A file of the dashboard, compressed by gzip.
struct StaticFile {
  std::string_view media_type;
  std::string_view gzip_bytes;
  std::string_view etag;  ///< Of the compressed bytes, in quotes.
  bool immutable = false;
};

/// The dashboard's file at a path ("/assets/x.js"), or nothing.
using StaticFiles = std::function<std::optional<StaticFile>(std::string_view path)>;

/// Answers a request for the dashboard. A path that is no file gets the page of "/", except below "/assets/": a script that is gone after
/// an upgrade must not turn out to be a page. A client that does not take gzip gets the file unpacked.
void serve_static(const StaticFiles& files, const httplib::Request& from, httplib::Response& to);

}  // namespace penstock::api
