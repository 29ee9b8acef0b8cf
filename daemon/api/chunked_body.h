#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::api {

/// Puts together a body that comes in chunks (RFC 9112 section 7.1), however the network cuts them. Extensions and trailers are read
/// strictly and dropped.
class ChunkedBody {
 public:
  enum class State { unfinished, whole, malformed, too_large };

  /// `most_bytes` bounds what is sent, with the frames of chunks and the trailers.
  explicit ChunkedBody(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// Takes what belongs to the body from the front of `bytes` and returns how much that was.
  std::size_t feed(std::string_view bytes);

  State state() const { return state_; }
  std::string take() { return std::move(body_); }

 private:
  enum class Expects { size, data, data_end, trailer };
  void take_line();
  void take_size(std::string_view line);

  std::size_t most_bytes_;
  State state_ = State::unfinished;
  Expects expects_ = Expects::size;
  std::string line_;
  std::size_t chunk_left_ = 0;
  std::size_t seen_bytes_ = 0;
  std::string body_;
};

}  // namespace penstock::api
