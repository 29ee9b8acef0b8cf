#include "daemon/run/lone_unit.h"

#include <chrono>

#include "pipelines/base/hash.h"

namespace penstock::run {
namespace {

/// No store knows it; the moment tells apart who sends the same.
connectors::Token token_of(const std::vector<std::string>& statements) {
  constexpr std::size_t kLength = 26;
  ContentHasher hasher;
  for (const std::string& statement : statements) hasher.add(statement);
  hasher.add(static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()));
  return {to_base32(hasher.finish(), kLength), {}, {}, 1};
}

}  // namespace

Result<void> send_alone(connectors::Session& session, std::vector<std::string> statements) {
  const connectors::Token token = token_of(statements);
  connectors::Unit unit;
  unit.statements = std::move(statements);
  unit.idempotent = true;
  const auto handle = session.submit(unit, token);
  if (!handle) return tl::unexpected(handle.error());
  const connectors::Outcome outcome = session.follow(*handle, unit, [](const connectors::Handle&) { return Result<void>(); });
  if (outcome.state != connectors::Outcome::State::succeeded) return tl::unexpected(outcome.error);
  return {};
}

}  // namespace penstock::run
