#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipelines/base/result.h"

namespace penstock::connectors {

/// Who a unit belongs to, shown to the engine in its own way (application_name, X-Trino-Source, job labels) and used to find it again.
struct Token {
  std::string id;  ///< Unique per try of a unit; letters and digits, at most 40.
  std::string run_id;
  std::string step;  ///< "pipeline.step".
  int attempt = 1;
};

/// Statements that are sent together.
struct Unit {
  std::vector<std::string> statements;  ///< Native SQL without final semicolons.
  bool transaction = false;             ///< All of it or nothing. Only where the target has transactions over several statements.
  bool idempotent = false;              ///< It may be sent again whatever became of the first try.
  std::string ledger_token;             ///< The transaction writes this token into `ledger_table`; empty: it does not.
  std::string ledger_table;  ///< Native SQL name of a table with the columns `token` (text) and `rows` (bigint); set with ledger_token.
  bool ledger_may_forget = false;  ///< The unit is so old that its row may have been removed: that it is missing says nothing.
  std::string written_table;       ///< Native SQL name of the table that the last statement writes; empty for reads.
  bool wants_rows = false;         ///< The rows of the last statement come back, at most `most_rows`.
  std::size_t most_rows = 1000;
  std::chrono::milliseconds timeout{0};                       ///< 0: none.
  std::map<std::string, std::string, std::less<>> compute{};  ///< Settings of the connection that hold for this unit instead of its own.
};

/// By what the engine knows a unit. Opaque to everybody but the connector that made it; it is stored as it is and outlives the daemon.
/// Holds no secret that would let a stranger in.
struct Handle {
  std::string text;
};

/// A cell as text, in the forms of cell.h on every engine, or no value for NULL. Arrays and structures keep the engine's own spelling.
using Row = std::vector<std::optional<std::string>>;

struct ResultColumn {
  std::string name;
  std::string type;  ///< The engine's own spelling.
};

/// How a unit ended.
struct Outcome {
  enum class State {
    succeeded,
    /// It had no effect, or it is idempotent and may be sent again; `error` says why and whether to retry. Without `transaction` the
    /// statements before the one that failed have taken effect.
    failed,
    cancelled,  ///< It had no effect, or it is idempotent.
    unknown,    ///< It may have taken effect; neither the engine nor a ledger could tell. The error's kind is in_doubt.
  };
  State state = State::succeeded;
  Error error;  ///< Unless succeeded.
  /// The session was let in no longer: the handle that was safe last may be followed by another. Not with `succeeded`.
  bool lost_login = false;
  int failed_statement = -1;                 ///< Its place in the unit, where the engine tells.
  std::optional<std::int64_t> rows_written;  ///< Of the last statement that writes, where the engine tells.
  std::optional<std::int64_t> bytes_scanned;
  std::string engine_query_id;
  std::vector<ResultColumn> columns;  ///< When rows were wanted.
  std::vector<Row> rows;
  bool more_rows = false;                    ///< There were more than `most_rows`.
  std::chrono::milliseconds engine_time{0};  ///< By the engine's own account; 0: it does not tell.
};

/// What a search for a token found.
struct Found {
  enum class State {
    running,        ///< `handle` follows it.
    ended,          ///< `outcome` tells how.
    never_arrived,  ///< The engine has no trace of it, and it had no effect or may have it again: submit it.
    unknown,        ///< The engine cannot tell.
  };
  State state = State::unknown;
  Handle handle;
  Outcome outcome;
};

/// A table as the target's catalogue has it.
struct TableDescription {
  enum class Kind { absent, table, view };
  Kind kind = Kind::absent;
  struct Column {
    std::string name;
    std::string type;  ///< The catalogue's own spelling.
    bool nullable = true;

    friend bool operator==(const Column&, const Column&) = default;
  };
  std::vector<Column> columns;
  std::vector<std::string> options;  ///< Statements that say of a view what it loses when it is replaced where it stands.

  friend bool operator==(const TableDescription&, const TableDescription&) = default;
};

/// A table, or some of its columns.
struct DependedOn {
  std::string catalog;  ///< Parts of the name that are empty mean the connection's own.
  std::string schema;
  std::string name;
  std::vector<std::string> columns;  ///< Empty: all of it.
  std::string ledger;                ///< The name of the tables whose column `step` says who has published beside them.
};

/// A statement that gives a table or view, made anew, what the one before it had.
struct Restoring {
  std::string statement;
  std::string column{};    ///< Of which column; empty: of the whole.
  bool same_kind = false;  ///< It can only be said of a table, or only of a view, as it was.

  friend bool operator==(const Restoring&, const Restoring&) = default;
};

/// What is in the way when a table is dropped or its columns are altered, or would go with it.
struct Dependant {
  std::string kind;  ///< In the engine's words: view, rule, table constraint.
  std::string name;  ///< For people.
  std::string owner;
  /// A view that the connection's user may drop and make again; the rest is empty for anything else.
  bool is_own_view = false;
  std::string schema;
  std::string view;
  std::string query;  ///< What the view shows, in the engine's words.
  std::vector<Restoring> restoring;

  friend bool operator==(const Dependant&, const Dependant&) = default;
};

struct Dependants {
  std::vector<Dependant> all;        ///< Views behind those that they read.
  std::vector<Restoring> restoring;  ///< Of the table itself, where all of it goes.
  /// A statement that fails where the table or one of the views is no longer as it was seen; empty where there is nothing to see.
  std::string guard;
  std::string own_schema;  ///< The connection's.
  /// Schema and step, by the ledgers beside the views: who has published there.
  std::set<std::pair<std::string, std::string>> publishers;

  /// Whether the same stands there.
  bool is_as(const Dependants& other) const { return all == other.all && restoring == other.restoring && guard == other.guard; }
};

/// What is at a target only while a unit works: a working table or view, or a session that has a unit.
struct Trace {
  enum class Kind { table, view, session };
  Kind kind = Kind::table;
  std::string catalog;  ///< Of a table or view.
  std::string schema;
  std::string name;   ///< Of a session: what the engine calls it.
  std::string token;  ///< Of a session: its unit's.
  Handle handle;      ///< Of a session: `cancel` ends its unit.
};

/// Told whenever the handle of a running unit changes. It returns after the new handle is safe; an error means that the unit must not be
/// followed any further, because it could not be found again.
using HandleMoved = std::function<Result<void>(const Handle&)>;

/// One thing on the way to a target: its address, TLS, the login.
struct Observation {
  std::string what;
  std::string found;
  std::optional<Error> fault;  ///< Where it does not work.
};

/// One conversation with an engine. One thread at a time.
class Session {
 public:
  virtual ~Session() = default;

  /// Announces the unit and returns the handle by which it will be known. Nothing has taken effect and nothing will, until `follow`:
  /// so the handle can be made safe first. (An engine that starts at once is known beforehand by the token.) Errors: unavailable,
  /// unauthenticated, throttled, invalid_input.
  virtual Result<Handle> submit(const Unit& unit, const Token& token) = 0;

  /// Starts the unit behind the handle if it has not begun, and stays with it to its end. The handle may be one that another session
  /// or an earlier process submitted: then the running statement is adopted, and `unit` tells where its ledger and table are. A unit
  /// that was adopted after its end has no rows and may have no counts: one that wanted rows comes back as failed with kind transient.
  /// A unit that outlives its timeout is stopped at the engine and comes back as failed with kind timed_out.
  virtual Outcome follow(const Handle& handle, const Unit& unit, const HandleMoved& moved) = 0;
};

/// A target. All methods may be called from any thread.
class Connector {
 public:
  virtual ~Connector() = default;

  /// A new session; errors: unavailable, unauthenticated.
  virtual Result<std::unique_ptr<Session>> open() = 0;

  /// Asks the engine to stop the unit; returns when the engine has confirmed that it no longer runs, or with an error. The session that
  /// follows it sees its end, which may still be success when the engine was faster. A unit that has already ended, or has not begun, is
  /// not an error.
  virtual Result<void> cancel(const Handle& handle) = 0;

  /// Looks for a unit whose handle never became safe (the process died before it was in the store), or whose `follow` on this connector
  /// ended in `unknown`. With a stored handle `follow` it instead: the handle knows more than the token.
  virtual Result<Found> find(const Token& token, const Unit& unit) = 0;

  /// Whether `find` tells by the token alone what became of such a unit, so that it may be followed before its handle is safe. False costs
  /// one more durable write per unit.
  virtual bool token_suffices(const Unit&) const { return false; }

  /// The columns of a table; parts of the name that are empty mean the connection's own.
  virtual Result<TableDescription> describe(const std::string& catalog, const std::string& schema, const std::string& name) = 0;

  /// What depends on it, to any depth. Nothing on engines whose views do not hold what they read.
  virtual Result<Dependants> dependants(const DependedOn& table) = 0;

  /// Tables and views of the connection's own catalogue whose names begin with one of `prefixes`, and sessions that have a unit of any
  /// process of Penstock. Engines that live in this process have no session that outlives it, and are not opened where no name is wanted.
  virtual Result<std::vector<Trace>> traces(const std::vector<std::string>& prefixes) = 0;

  /// Rows and bytes that the statement would read, by the engine's estimate; empty fields where it does not say.
  struct Estimate {
    std::optional<std::int64_t> rows;
    std::optional<std::int64_t> bytes;
  };
  virtual Result<Estimate> estimate(const std::string& statement) = 0;

  /// A cheap round trip; for `doctor` and the connection's state.
  virtual Result<std::string> version() = 0;

  /// The way to the target for whoever looks for a fault, in the order in which it is gone, up to what does not work. Nothing where
  /// `version` says it all.
  virtual std::vector<Observation> examine() { return {}; }
};

}  // namespace penstock::connectors
