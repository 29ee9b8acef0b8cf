#include "daemon/api/static_files.h"

#include "daemon/api/library.h"
#include "daemon/api/router.h"

namespace penstock::api {

void serve_static(const StaticFiles& files, const httplib::Request& from, httplib::Response& to) {
  if (from.method != "GET" && from.method != "HEAD") return to_library(other_method(to_request(from), "GET, HEAD, OPTIONS"), to);
  std::optional<StaticFile> file = files ? files(from.path) : std::nullopt;
  const bool is_file = from.path.rfind("/assets/", 0) == 0;
  if (!file && !is_file && files) file = files("/");
  if (!file) return to_library(problem(404, "not_found", "There is no such thing", "no such path: " + from.path, from.path), to);
  to.set_header("ETag", std::string(file->etag));
  to.set_header("Cache-Control", file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
  to.set_header("X-Content-Type-Options", "nosniff");
  to.set_header("Referrer-Policy", "no-referrer");
  to.set_header("Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; "
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  if (from.get_header_value("If-None-Match").find(file->etag) != std::string::npos) {
    to.status = 304;
    return;
  }
  if (!accepts_gzip(from)) {
    return to_library(problem(406, "gzip_needed", "The page is kept compressed", "send Accept-Encoding: gzip", from.path), to);
  }
  to.set_header("Content-Encoding", "gzip");
  to.set_header("Vary", "Accept-Encoding");
  const std::string_view bytes = file->gzip_bytes;
  to.set_content_provider(
      bytes.size(), std::string(file->media_type),
      [bytes](std::size_t offset, std::size_t length, httplib::DataSink& sink) { return sink.write(bytes.data() + offset, length); });
}

}  // namespace penstock::api
