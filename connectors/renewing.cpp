#include "connectors/renewing.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

namespace penstock::connectors {

namespace {

using Values = decltype(Settings::values);

/// "scheme://user:password@host" without the password.
std::string without_password(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const std::size_t at = url.substr(0, url.find_first_of("/?#", scheme + 3)).rfind('@');
  const std::size_t colon = url.find(':', scheme + 3);
  return at == std::string::npos || colon > at ? url : url.substr(0, colon) + url.substr(at);
}

/// A run stays where it began: only what lets it in may change under it.
bool is_same_place(const Values& before, const Values& after) {
  return std::all_of(before.begin(), before.end(), [&](const auto& setting) {
    const auto& [key, value] = setting;
    return is_secret_key(key) || without_password(value) == without_password(after.at(key));
  });
}

/// The connector in use, shared with its sessions.
class Current {
 public:
  using Inner = std::shared_ptr<Connector>;

  Current(Settings settings, std::shared_ptr<Secrets> secrets, Make make)
      : settings_(std::move(settings)), secrets_(std::move(secrets)), make_(std::move(make)) {}

  Result<void> begin() {
    const std::lock_guard one_at_a_time(renewing_);
    generation_ = secrets_->generation();
    return renew([this](const std::string& reference) { return secrets_->get(reference); });
  }

  Inner get() {
    const std::uint64_t generation = secrets_->generation();
    if (generation_.exchange(generation) != generation) {
      const std::lock_guard one_at_a_time(renewing_);
      // What cannot be read is no reason to stop while the target takes what is held.
      [[maybe_unused]] const auto renewed = renew([this](const std::string& reference) { return secrets_->get(reference); });
    }
    return held();
  }

  /// Without waiting for anything to be read.
  Inner held() const {
    const std::lock_guard lock(mutex_);
    return inner_;
  }

  /// After the target has refused the secrets of `refused`. True where there are others.
  bool replace(const Inner& refused) {
    const std::lock_guard one_at_a_time(renewing_);
    if (held() != refused) return true;
    return renew([this](const std::string& reference) { return secrets_->get_anew(reference); }).has_value() && held() != refused;
  }

  /// Asks the connector in use, and again where its secrets were refused and are others by now.
  template <typename Ask>
  auto with(const Ask& ask) -> decltype(ask(std::declval<const Inner&>())) {
    const Inner inner = get();
    auto answer = ask(inner);
    if (answer || answer.error().kind != ErrorKind::unauthenticated || !replace(inner)) return answer;
    return ask(get());
  }

 private:
  template <typename Read>
  Result<void> renew(const Read& read) {
    Result<Settings> resolved = resolve(settings_, read);
    if (!resolved) return fail(resolved.error());
    const Inner before = held();
    if (before != nullptr && (resolved->values == values_ || !is_same_place(values_, resolved->values))) return {};
    Result<std::unique_ptr<Connector>> made = make_(*resolved, before.get());
    if (!made) return fail(made.error());
    values_ = std::move(resolved->values);
    const std::lock_guard lock(mutex_);
    inner_ = *std::move(made);
    return {};
  }

  const Settings settings_;
  const std::shared_ptr<Secrets> secrets_;
  const Make make_;
  std::atomic<std::uint64_t> generation_ = 0;
  std::mutex renewing_;  ///< Held while secrets are read; guards values_.
  Values values_;
  mutable std::mutex mutex_;  ///< Guards inner_.
  Inner inner_;
};

class RenewingSession final : public Session {
 public:
  RenewingSession(std::shared_ptr<Current> current, Current::Inner inner, std::unique_ptr<Session> session)
      : current_(std::move(current)), inner_(std::move(inner)), session_(std::move(session)) {}

  Result<Handle> submit(const Unit& unit, const Token& token) override {
    Result<Handle> handle = session_->submit(unit, token);
    if (handle || handle.error().kind != ErrorKind::unauthenticated || !current_->replace(inner_)) return handle;
    const Current::Inner inner = current_->get();
    Result<std::unique_ptr<Session>> session = inner->open();
    if (!session) return fail(session.error());
    session_ = *std::move(session);
    inner_ = inner;
    return session_->submit(unit, token);
  }

  Outcome follow(const Handle& handle, const Unit& unit, const HandleMoved& moved) override {
    Handle last = handle;
    const Outcome outcome = session_->follow(handle, unit, [&](const Handle& next) {
      Result<void> safe = moved(next);
      if (safe) last = next;
      return safe;
    });
    if (!outcome.lost_login || !current_->replace(inner_)) return outcome;
    const Current::Inner inner = current_->get();
    Result<std::unique_ptr<Session>> session = inner->open();
    if (!session) return outcome;
    session_ = *std::move(session);
    inner_ = inner;
    return session_->follow(last, unit, moved);
  }

 private:
  const std::shared_ptr<Current> current_;
  Current::Inner inner_;  ///< Outlives its session.
  std::unique_ptr<Session> session_;
};

class RenewingConnector final : public Connector {
 public:
  explicit RenewingConnector(std::shared_ptr<Current> current) : current_(std::move(current)) {}

  Result<std::unique_ptr<Session>> open() override {
    return current_->with([this](const Current::Inner& inner) -> Result<std::unique_ptr<Session>> {
      Result<std::unique_ptr<Session>> session = inner->open();
      if (!session) return session;
      return std::unique_ptr<Session>(std::make_unique<RenewingSession>(current_, inner, *std::move(session)));
    });
  }

  Result<void> cancel(const Handle& handle) override {
    return current_->with([&](const Current::Inner& inner) { return inner->cancel(handle); });
  }

  Result<Found> find(const Token& token, const Unit& unit) override {
    return current_->with([&](const Current::Inner& inner) { return inner->find(token, unit); });
  }

  bool token_suffices(const Unit& unit) const override { return current_->held()->token_suffices(unit); }

  Result<TableDescription> describe(const std::string& catalog, const std::string& schema, const std::string& name) override {
    return current_->with([&](const Current::Inner& inner) { return inner->describe(catalog, schema, name); });
  }

  Result<Dependants> dependants(const DependedOn& table) override {
    return current_->with([&](const Current::Inner& inner) { return inner->dependants(table); });
  }

  Result<std::vector<Trace>> traces(const std::vector<std::string>& prefixes) override {
    return current_->with([&](const Current::Inner& inner) { return inner->traces(prefixes); });
  }

  Result<Estimate> estimate(const std::string& statement) override {
    return current_->with([&](const Current::Inner& inner) { return inner->estimate(statement); });
  }

  Result<std::string> version() override {
    return current_->with([](const Current::Inner& inner) { return inner->version(); });
  }

  std::vector<Observation> examine() override { return current_->get()->examine(); }

 private:
  const std::shared_ptr<Current> current_;
};

}  // namespace

Result<std::unique_ptr<Connector>> make_renewing(Settings settings, std::shared_ptr<Secrets> secrets, Make make) {
  auto current = std::make_shared<Current>(std::move(settings), std::move(secrets), std::move(make));
  if (const Result<void> begun = current->begin(); !begun) return fail(begun.error());
  return std::unique_ptr<Connector>(std::make_unique<RenewingConnector>(std::move(current)));
}

}  // namespace penstock::connectors
