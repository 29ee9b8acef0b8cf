#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/connector.h"
#include "connectors/locality.h"
#include "connectors/redact.h"
#include "connectors/settings.h"
#include "connectors/watch.h"

struct pg_conn;
struct pg_result;

namespace penstock::postgres {

/// How to connect, from the settings of a connection.
struct Target {
  std::map<std::string, std::string> parameters;  ///< libpq's keywords.
  std::vector<std::string> session_settings;      ///< "SET ..." statements for each new connection.
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds patience{30'000};  ///< How long a question waits for its answer.
  connectors::Redactor redact;
};

/// Errors: invalid_input.
Result<Target> make_target(const connectors::Settings& settings);

/// What libpq gets: hosts with the addresses that they have now, and the protection that those addresses need.
std::map<std::string, std::string> resolved(const Target& target, const connectors::LookUp& look_up = connectors::look_up);

/// A server process, beyond the reuse of process ids.
struct Backend {
  int pid = 0;
  std::string started;  ///< backend_start in microseconds since 1970.
};

/// One connection, no wait of which is without a deadline. libpqxx owns it and asks the catalogue questions; a unit goes through libpq's
/// own asynchronous calls, because libpqxx 6.4 hides every result but the last of a string with several statements. One thread at a time.
class Wire {
 public:
  /// Ready for statements within `connect_timeout`, beside what the system takes to look the host's name up. Errors: unavailable,
  /// unauthenticated, throttled, invalid_input.
  static Result<std::unique_ptr<Wire>> connect(const Target& target);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  const Backend& backend() const { return backend_; }

  /// False once the connection is known to be lost; asks the socket, not the server.
  bool alive();

  /// Runs one statement with text parameters and returns its rows; a server that has not answered when `patience` is over is unavailable,
  /// and the connection is lost. A statement with parameters is prepared: to plan a question to the catalogue takes longer than to answer
  /// it, and the same few are asked again and again.
  Result<std::vector<connectors::Row>> ask(const std::string& sql, const std::vector<std::string>& parameters = {});

  using Deadline = std::optional<std::chrono::steady_clock::time_point>;

  /// What became of a string of statements.
  struct Sent {
    std::optional<Error> error;
    long error_character = -1;  ///< 0-based position in characters of the string that was sent, or -1.
    bool connection_lost = false;
    bool timed_out = false;                         ///< The deadline passed; the server was asked to stop and has answered, or is lost.
    std::vector<std::optional<std::int64_t>> rows;  ///< Per statement: the count in its command tag.
    std::vector<connectors::ResultColumn> columns;  ///< Of the last result with rows; when rows were wanted.
    std::vector<connectors::Row> data;
    bool more_data = false;
  };

  struct Wanted {
    bool rows = false;
    std::size_t most_rows = 0;
    bool stop_after_most = false;  ///< Cancel the statement when it has given enough.
    bool skips_first = false;      ///< The first statement's rows are not looked at.
  };

  /// Sends the string as one simple query and waits for its end, at most to the deadline. Whenever nothing has been heard for `patience`,
  /// `still_runs` is asked, where it is given: after a no the connection counts as lost.
  Sent send(const std::string& sql, Deadline deadline, const Wanted& wanted, const std::function<bool()>& still_runs = {});

  /// When an answer is due that should come at once.
  Deadline soon() const { return std::chrono::steady_clock::now() + target_.patience; }

  /// Fills in the types of the columns of what was just sent; the server is asked once per type.
  void name_types(Sent& sent);

 private:
  class Owner;
  struct Cleaner {
    void operator()(pg_result* result) const;
  };
  using ResultPointer = std::unique_ptr<pg_result, Cleaner>;
  enum class Heard { answer, nothing, end };  ///< `nothing` by the deadline; `end` of the connection.

  Wire(const Target& target, std::unique_ptr<Owner> owner);

  pg_conn* raw() const;
  Result<void> prepare_session(Deadline deadline);
  Heard listen(Deadline deadline);
  bool wait_for_result(Deadline deadline, const std::function<bool()>& still_runs, Sent& sent);
  void take(const pg_result& result, const Wanted& wanted, Sent& sent);
  void take_rows(const pg_result& result, const Wanted& wanted, Sent& sent);
  void request_cancel();
  Result<std::vector<connectors::Row>> ask_without_deadline(const std::string& sql, const std::vector<std::string>& parameters);
  /// The name under which the server knows the question.
  const std::string& prepared(const std::string& sql);

  const Target& target_;
  std::unique_ptr<Owner> owner_;
  connectors::Watch watch_;                             ///< Over the questions that libpqxx asks.
  Backend backend_;                                     ///< Its pid is 0 while the session is not ready.
  bool lost_ = false;                                   ///< An answer may still be on its way, so nothing more can be asked.
  bool result_open_ = false;                            ///< More rows of the same result may come.
  std::vector<std::pair<unsigned, int>> column_types_;  ///< Type and modifier of the columns of the last result.
  std::map<std::pair<unsigned, int>, std::string> type_names_;
  std::map<std::string, std::string> questions_;  ///< Names of prepared statements by their text.
};

}  // namespace penstock::postgres
