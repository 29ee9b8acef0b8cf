#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "daemon/store/records.h"

namespace penstock::simulation {

/// What the engine under test can do; every mix must be safe.
struct Wire {
  bool token_suffices = true;
  bool ledger = true;  ///< A publish commits with a row of the ledger, so how it ended can always be told.
  bool idempotent_publish = false;
  bool forgets = false;  ///< It cannot tell how a statement without a ledger ended.
  /// How a publish that reads its table before it writes is kept apart from others. locks: it reads when it holds the table, at its end.
  /// conflicts: it reads when it begins, and fails where the table has changed by its end.
  enum class Isolation { locks, conflicts } isolation = Isolation::locks;
};

/// A model warehouse: statements take time, run on when their client dies, and lose answers. Tables are names; a publish moves the staged
/// one over the published one.
class Warehouse {
 public:
  using Outcome = connectors::Outcome;
  using Found = connectors::Found;

  Warehouse(Wire wire, std::mt19937& random) : wire_(wire), random_(random) {}

  struct Statement {
    connectors::Unit unit;
    std::string token;
    std::string place;  ///< "run/step": names the working table.
    std::string table;  ///< "step": the published one.
    store::Purpose purpose;
    int rounds = 0;  ///< Until it ends.
    bool cancelled = false;
    bool killed = false;
    std::vector<std::string> read = {};  ///< The published table as it was when the statement began.
  };

  std::map<std::string, Statement> announced;  ///< Submitted and not begun: gone with their client.
  std::map<std::string, Statement> running;    ///< By token.
  std::map<std::string, Outcome> ended;        ///< What a client that still follows will hear.
  std::set<std::string> staged;
  std::set<std::string> rejected;  ///< Working tables whose rows broke a check.
  std::set<std::string> ledger;
  std::map<std::string, int> effects;          ///< Publishes by token.
  std::map<std::string, int> effects_of_step;  ///< Publishes by run and step.
  std::map<std::string, std::string> published;
  std::map<std::string, std::vector<std::string>> contents;  ///< Who has published a table, in their order: each adds itself to what it read.
  int conflicts = 0;
  bool reachable = true;

  bool chance(int percent) { return std::uniform_int_distribution<int>(1, 100)(random_) <= percent; }

  Result<connectors::Handle> submit(Statement statement) {
    if (!reachable || chance(2)) return fail(ErrorKind::unavailable, "cannot be reached");
    const std::string token = statement.token;
    statement.rounds = std::uniform_int_distribution<int>(0, 6)(random_);
    announced[token] = std::move(statement);
    return connectors::Handle{"h:" + token};
  }

  /// Begins it, unless it has.
  void follow(const std::string& token, const Statement& again) {
    if (running.count(token) > 0 || ended.count(token) > 0 || done_.count(token) > 0) return;
    Statement statement = announced.count(token) > 0 ? announced[token] : again;
    announced.erase(token);
    statement.read = contents[statement.table];
    running[token] = std::move(statement);
  }

  /// Time passes: some statements end.
  void advance() {
    for (auto at = running.begin(); at != running.end();) {
      Statement& statement = at->second;
      if (!statement.cancelled && statement.rounds-- > 0) {
        ++at;
        continue;
      }
      ended[at->first] = end(statement);
      done_[at->first] = ended[at->first];
      at = running.erase(at);
    }
  }

  /// Somebody else writes a table.
  void intrude(const std::string& table) { contents[table].emplace_back("somebody else"); }

  void cancel(const std::string& token) {
    const auto found = running.find(token);
    if (found != running.end() && chance(70)) found->second.cancelled = true;
  }

  /// How a followed statement ended, once it has; some answers get lost on the way.
  std::optional<Outcome> hear(const std::string& token, const Statement& asked) {
    if (running.count(token) > 0) return std::nullopt;
    const auto found = done_.find(token);
    Outcome outcome;
    if (found == done_.end()) {
      outcome = unsure();
    } else if (chance(5)) {
      outcome = unsure();
    } else {
      outcome = found->second;
    }
    const bool stays_unsure = asked.purpose == store::Purpose::publish || asked.purpose == store::Purpose::cleanup;
    if (outcome.state == Outcome::State::unknown && !stays_unsure) {
      outcome.state = Outcome::State::failed;
      outcome.error.kind = ErrorKind::transient;
    }
    return outcome;
  }

  Result<Found> find(const std::string& token, const Statement& asked) {
    if (!reachable) return fail(ErrorKind::unavailable, "cannot be reached");
    Found found;
    if (running.count(token) > 0) {
      found.state = Found::State::running;
      found.handle.text = "h:" + token;
      return found;
    }
    const bool known = done_.count(token) > 0;
    if (wire_.ledger && asked.purpose == store::Purpose::publish) {
      found.state = ledger.count(asked.unit.ledger_token) > 0 ? Found::State::ended : Found::State::never_arrived;
      return found;
    }
    if (known && !wire_.forgets) {
      found.state = Found::State::ended;
      found.outcome = done_[token];
      found.outcome.rows.clear();
      return found;
    }
    found.state =
        asked.purpose == store::Purpose::publish && (known || wire_.forgets) ? Found::State::unknown : Found::State::never_arrived;
    return found;
  }

  /// The daemon died: what was only announced is gone, what runs runs on.
  void client_died() {
    announced.clear();
    ended.clear();
  }

 private:
  static Outcome unsure() {
    Outcome outcome;
    outcome.state = Outcome::State::unknown;
    outcome.error = Error{ErrorKind::in_doubt, "the connection was lost", {}, {}, {}, -1};
    return outcome;
  }

  Outcome end(const Statement& statement) {
    Outcome outcome;
    if (statement.cancelled) {
      outcome.state = Outcome::State::cancelled;
      outcome.error = Error{ErrorKind::cancelled, "cancelled", {}, {}, {}, -1};
      return outcome;
    }
    if (chance(4)) {
      outcome.state = Outcome::State::failed;
      outcome.error = Error{chance(70) ? ErrorKind::transient : ErrorKind::permanent, "it failed", {}, {}, {}, -1};
      return outcome;
    }
    switch (statement.purpose) {
      case store::Purpose::prepare:
      case store::Purpose::cleanup:
        staged.erase(statement.place);
        break;
      case store::Purpose::stage:
        staged.insert(statement.place);
        rejected.erase(statement.place);
        break;
      case store::Purpose::check:
        EXPECT_EQ(staged.count(statement.place), 1U) << "a check without its working table";
        outcome.rows = {{"0", chance(5) ? "3" : "0"}};
        if (outcome.rows[0][1] == "3") rejected.insert(statement.place);
        break;
      case store::Purpose::publish:
        if (wire_.isolation == Wire::Isolation::conflicts && contents[statement.table] != statement.read) {
          ++conflicts;
          outcome.state = Outcome::State::failed;
          outcome.error = Error{ErrorKind::conflict, "another writer committed first", {}, {}, {}, -1};
          return outcome;
        }
        if (wire_.ledger && !ledger.insert(statement.unit.ledger_token).second) {
          outcome.state = Outcome::State::failed;
          outcome.error = Error{ErrorKind::permanent, "duplicate key in the ledger", {}, {}, {}, -1};
          return outcome;
        }
        publish(statement);
        break;
    }
    outcome.rows_written = 10;
    return outcome;
  }

  void publish(const Statement& statement) {
    EXPECT_EQ(staged.count(statement.place), 1U) << "a publish without its working table";
    EXPECT_EQ(rejected.count(statement.place), 0U) << "rows that broke a blocking check were published";
    ++effects[statement.token];
    ++effects_of_step[statement.place];
    published[statement.table] = statement.place;
    std::vector<std::string> now = wire_.isolation == Wire::Isolation::locks ? contents[statement.table] : statement.read;
    now.push_back(statement.place);
    contents[statement.table] = std::move(now);
  }

  const Wire wire_;
  std::mt19937& random_;
  std::map<std::string, Outcome> done_;
};

}  // namespace penstock::simulation
