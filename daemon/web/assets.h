#pragma once

#include <span>
#include <string_view>

namespace penstock::web {

/// One file of the dashboard, as it is sent. Everything points into the binary and lives as long as the process.
struct Asset {
  /// Path below the root of the server, such as "/index.html" or "/assets/index-4f2a.js".
  std::string_view path;
  /// Value of Content-Type.
  std::string_view media_type;
  /// The file compressed with gzip (Content-Encoding: gzip).
  std::string_view gzip_bytes;
  /// Value of ETag, with its quotes. It is made from the bytes before compression.
  std::string_view etag;
  /// Whether the path changes with the content, so that a browser may keep the file for ever.
  bool immutable;
};

/// Every file of the dashboard, sorted by path. Any path of the dashboard that is no file here is answered with "/index.html", which
/// then shows the page of that address. Without the dashboard (PENSTOCK_WEB=OFF) this is one page that says how to build it.
/// Thread safe.
std::span<const Asset> assets();

}  // namespace penstock::web
