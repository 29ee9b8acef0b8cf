#include "daemon/api/chunked_body.h"

#include <algorithm>
#include <charconv>

#include "daemon/api/request_head.h"

namespace penstock::api {
namespace {

constexpr std::size_t kLongestLine = 1024;

/// What may follow a size: nothing, or extensions, which nobody here knows.
bool is_extension(std::string_view text) {
  const auto is_visible = [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f'); };
  const bool visible = std::all_of(text.begin(), text.end(), is_visible);
  return text.empty() || (text.front() == ';' && visible);
}

}  // namespace

std::size_t ChunkedBody::feed(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && state_ == State::unfinished) {
    std::size_t count = 1;
    if (expects_ == Expects::data) {
      count = std::min(chunk_left_, bytes.size() - used);
      body_.append(bytes.substr(used, count));
      chunk_left_ -= count;
      if (chunk_left_ == 0) expects_ = Expects::data_end;
    } else {
      line_ += bytes[used];
      const bool after_return = line_.size() > 1 && line_[line_.size() - 2] == '\r';
      const bool is_beside_data = expects_ == Expects::data_end && line_.front() != '\r';
      if ((line_.back() == '\n') != after_return || line_.size() > kLongestLine || is_beside_data) {
        state_ = State::malformed;
      } else if (after_return) {
        take_line();
      }
    }
    used += count;
    seen_bytes_ += count;
    if (state_ == State::unfinished && seen_bytes_ > most_bytes_) state_ = State::too_large;
  }
  return used;
}

void ChunkedBody::take_line() {
  const std::string line = line_.substr(0, line_.size() - 2);
  line_.clear();
  switch (expects_) {
    case Expects::size:
      return take_size(line);
    case Expects::data_end:
      expects_ = Expects::size;
      if (!line.empty()) state_ = State::malformed;
      return;
    case Expects::trailer:
      if (line.empty()) {
        state_ = State::whole;
      } else if (!is_field_line(line)) {
        state_ = State::malformed;
      }
      return;
    case Expects::data:
      return;
  }
}

void ChunkedBody::take_size(std::string_view line) {
  const char* const line_end = line.data() + line.size();
  const auto [end, error] = std::from_chars(line.data(), line_end, chunk_left_, 16);
  if (error == std::errc::result_out_of_range || (error == std::errc() && chunk_left_ > most_bytes_)) {
    state_ = State::too_large;
  } else if (error != std::errc() || !is_extension(line.substr(static_cast<std::size_t>(end - line.data())))) {
    state_ = State::malformed;
  } else {
    expects_ = chunk_left_ == 0 ? Expects::trailer : Expects::data;
  }
}

}  // namespace penstock::api
