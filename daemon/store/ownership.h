#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

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

/// The files that a process has open, by their names. Somebody may move, remove or replace one of them: whoever opens the name then gets
/// another file, and its lock, too.
class OpenFiles {
 public:
  /// Right after they have been opened.
  explicit OpenFiles(std::vector<std::string> paths);

  /// The first name that leads nowhere or to another file. One that cannot be looked up for another reason has not moved.
  std::optional<std::string> moved() const;

 private:
  struct File {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
  };
  std::vector<File> files_;
};

}  // namespace penstock::store
