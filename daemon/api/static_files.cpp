#include "daemon/api/static_files.h"

#include <zlib.h>

#include <array>

#include "daemon/api/library.h"
#include "daemon/api/router.h"

namespace penstock::api {
namespace {

/// A file that was compressed when the program was built.
std::string unpacked(std::string_view gzip_bytes) {
  constexpr int kGzip = 16 + MAX_WBITS;
  std::string text;
  std::string input(gzip_bytes);
  std::array<unsigned char, 64 * 1024> part{};
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) return text;
  stream.next_in = reinterpret_cast<unsigned char*>(input.data());
  stream.avail_in = static_cast<unsigned>(input.size());
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = part.data();
    stream.avail_out = static_cast<unsigned>(part.size());
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(reinterpret_cast<const char*>(part.data()), part.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  return text;
}

}  // namespace

void serve_static(const StaticFiles& files, const httplib::Request& from, httplib::Response& to) {
  if (from.method != "GET" && from.method != "HEAD") return to_library(other_method(to_request(from), "GET, HEAD, OPTIONS"), to);
  std::optional<StaticFile> file = files ? files(from.path) : std::nullopt;
  const bool is_file = from.path.rfind("/assets/", 0) == 0;
  if (!file && !is_file && files) file = files("/");
  if (!file) return to_library(problem(404, "not_found", "There is no such thing", "no such path: " + from.path, from.path), to);
  const bool packed = accepts_gzip(from);
  // Other bytes have another tag.
  const std::string tag = packed ? std::string(file->etag) : std::string(file->etag.substr(0, file->etag.size() - 1)) + "-unpacked\"";
  to.set_header("ETag", tag);
  to.set_header("Vary", "Accept-Encoding");
  to.set_header("Cache-Control", file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
  to.set_header("X-Content-Type-Options", "nosniff");
  to.set_header("Referrer-Policy", "no-referrer");
  to.set_header("Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; "
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  if (from.get_header_value("If-None-Match").find(tag) != std::string::npos) {
    to.status = 304;
    return;
  }
  if (!packed) return to.set_content(unpacked(file->gzip_bytes), std::string(file->media_type));
  to.set_header("Content-Encoding", "gzip");
  const std::string_view bytes = file->gzip_bytes;
  to.set_content_provider(
      bytes.size(), std::string(file->media_type),
      [bytes](std::size_t offset, std::size_t length, httplib::DataSink& sink) { return sink.write(bytes.data() + offset, length); });
}

}  // namespace penstock::api
