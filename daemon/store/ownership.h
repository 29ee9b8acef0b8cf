#pragma once

#include <optional>
#include <string>

#include "pipelines/base/result.h"

namespace penstock::store {

/// Says that this process owns a store: an exclusive flock on "<store>.lock", which the kernel drops when the process ends, however it
/// ends. The file names the owner for whoever finds it taken.
class Ownership {
 public:
  /// Errors: refused where another process (or another store object of this one) holds it; storage where the file cannot be made.
  static Result<Ownership> take(const std::string& store_path, const std::string& owner);
  /// Who owns the store at the moment; empty where nobody does.
  static std::optional<std::string> holder(const std::string& store_path);
  ~Ownership();
  Ownership(Ownership&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  Ownership& operator=(Ownership&&) = delete;

 private:
  explicit Ownership(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace penstock::store
