#include "connectors/http/inflating.h"

#include <zlib.h>

#include <array>

namespace penstock::http {

Inflating::Inflating(std::size_t most) : most_(most), stream_(std::make_unique<z_stream>()) {
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  inflateInit2(stream_.get(), kGzipOnly);
}

Inflating::~Inflating() { inflateEnd(stream_.get()); }

Inflating::State Inflating::add(std::string_view packed, std::string& to) {
  if (packed.empty()) return is_whole_ ? State::whole : State::more;
  if (is_whole_) return State::broken;
  std::array<Bytef, 16'384> out{};
  std::string in(packed);
  stream_->next_in = reinterpret_cast<Bytef*>(in.data());
  stream_->avail_in = static_cast<uInt>(in.size());
  do {
    stream_->next_out = out.data();
    stream_->avail_out = static_cast<uInt>(out.size());
    const int result = inflate(stream_.get(), Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return State::broken;
    const std::size_t made = out.size() - stream_->avail_out;
    if (to.size() + made > most_) return State::too_large;
    to.append(reinterpret_cast<const char*>(out.data()), made);
    is_whole_ = result == Z_STREAM_END;
  } while (!is_whole_ && stream_->avail_out == 0);
  if (is_whole_ && stream_->avail_in > 0) return State::broken;
  return is_whole_ ? State::whole : State::more;
}

}  // namespace penstock::http
