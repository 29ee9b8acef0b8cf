#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/store/records.h"

namespace penstock::store {

/// A small file beside a store ("store.mark" of "store.db") that says how far the store had come when it was last written to. A store that
/// knows less has been put in place of a later one: an older copy.
class Mark {
 public:
  struct Content {
    std::int64_t last_event = 0;
    Time decided_until{};  ///< The latest nominal time of a start that was decided.
  };

  /// Opens or makes the file. Where that fails there is no mark, and no older copy is found out.
  explicit Mark(const std::string& store_path);
  ~Mark();
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;

  /// What it says; empty where it says nothing.
  std::optional<Content> read() const;
  /// Durably: it survives the machine's end, too. Called when what it says is durable in the store. What fails leaves an earlier mark.
  void write(const Content& content, bool durably);

 private:
  int file_ = -1;
};

}  // namespace penstock::store
