#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "connectors/connector.h"

namespace penstock::databricks {

using WallClock = std::chrono::system_clock;

/// What a handle holds: which statement of the unit, since when it may be at the workspace, and its id there once that is known.
struct Position {
  std::size_t statement = 0;
  WallClock::time_point since;  ///< In whole seconds.
  std::string token;
  std::string id;
};
connectors::Handle to_handle(const Position& position);
std::optional<Position> to_position(const connectors::Handle& handle);

/// By what a statement is found again: a comment at its head, which the query history shows.
std::string mark_of(const std::string& token, std::size_t statement);
/// The comment as a line of its own, with what people want to see there.
std::string comment_of(const connectors::Token& token, std::size_t statement);
/// The token and the place behind a text that begins with such a comment.
std::optional<std::pair<std::string, std::size_t>> read_mark(const std::string& text);

}  // namespace penstock::databricks
