#pragma once

#include <span>
#include <string_view>

namespace penstock::meaning {

/// A case of the meaning suite in which the reader of somebody else disagrees with PostgreSQL over a target's SQL, or has no opinion, and
/// why it is the reader who is wrong.
struct Disagreement {
  std::string_view sql;  ///< As in cases.h; of a query its name.
  std::string_view why;
};

/// A case that the target refuses.
struct Refusal {
  std::string_view sql;
  std::string_view words;  ///< Out of the refusal.
};

/// What is known of one target. A case that has come to agree, or to be written, must leave the list.
struct Opinions {
  std::string_view dialect;
  std::span<const Disagreement> wrong;
  std::span<const Refusal> refused;
};

std::span<const Opinions> opinions();

}  // namespace penstock::meaning
