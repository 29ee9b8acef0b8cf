#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/databricks/statement.h"
#include "connectors/databricks/target.h"
#include "connectors/http/client.h"

namespace penstock::databricks {

/// A statement to be sent.
struct Execution {
  std::string text;
  const connectors::Token* token = nullptr;  ///< Whose it is; null for a question of our own.
  std::string warehouse;                     ///< Empty: the connection's.
  std::optional<std::size_t> most_rows;      ///< One more than is wanted tells that there were more.
  bool is_repeatable = false;                ///< It only asks, so that it may be sent twice.
};

/// One conversation with a workspace. One thread at a time.
class Client {
 public:
  explicit Client(const Target& target);

  /// Sends it; the answer comes at once, before it has begun. Error in_doubt where it is not known whether it was taken.
  Result<Statement> execute(const Execution& execution);

  Result<Statement> statement(const std::string& id);

  /// All rows but those that it has; at most `most`.
  Result<void> take_rows(Statement& statement, std::size_t most);

  /// The workspace takes note of it; whether the statement ends by it is told by its state.
  Result<void> cancel(const std::string& id);

  /// The rows of a question of our own, at most `most`. Blocks until the warehouse has answered.
  Result<Statement> ask(const std::string& question, std::size_t most = 1000);

  /// A resource of the workspace's API; a server that does not answer is asked again for so long, or for the connection's patience. Error
  /// not_found where there is none.
  Result<nlohmann::json> get(const std::string& path, std::optional<std::chrono::milliseconds> repeated_for = std::nullopt);

  std::string redacted(const std::string& text) const { return http_.redacted(text); }
  const Target& target() const { return target_; }

 private:
  Result<nlohmann::json> send(http::Request request);
  Error refusal(const http::Answer& answer) const;

  const Target& target_;
  http::Client http_;
};

/// How a failed statement is told; the offset is one of `statement`, which was sent behind `lines_before` other lines.
Error to_error(const Client& client, const StatementError& error, const std::string& statement, int lines_before);

}  // namespace penstock::databricks
