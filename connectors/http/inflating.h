#pragma once

#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace penstock::http {

/// Unpacks gzip as it comes, up to a bound.
class Inflating {
 public:
  /// `most` bytes are unpacked and no more, whatever was packed.
  explicit Inflating(std::size_t most);
  ~Inflating();
  Inflating(const Inflating&) = delete;
  Inflating& operator=(const Inflating&) = delete;

  enum class State { more, whole, broken, too_large };
  /// Adds what the next bytes unpack to. After `whole` further bytes are `broken`.
  State add(std::string_view packed, std::string& to);

 private:
  const std::size_t most_;
  std::unique_ptr<z_stream_s> stream_;
  bool is_whole_ = false;
};

}  // namespace penstock::http
