#include "connectors/postgres/wire.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <new>
#include <pqxx/pqxx>

#include "connectors/postgres/errors.h"

namespace penstock::postgres {

using Clock = std::chrono::steady_clock;

namespace {

constexpr unsigned kBoolean = 16;
constexpr std::chrono::seconds kCancelPatience{10};
// What a statement said before it ended may still be on its way.
constexpr std::chrono::seconds kLastWords{1};

/// Milliseconds until the deadline for poll(2), rounded up: -1 waits for ever, 0 has passed.
int milliseconds_until(Wire::Deadline deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

bool wait_on(int socket, short events, Wire::Deadline deadline) {
  while (true) {
    pollfd waiting{socket, events, 0};
    const int timeout = milliseconds_until(deadline);
    const int ready = poll(&waiting, 1, timeout);
    if (ready > 0) return true;
    if (ready == 0 && timeout >= 0 && Clock::now() >= *deadline) return false;
    if (ready < 0 && errno != EINTR) return true;
  }
}

/// The SQLSTATE in a message of a failed connection: libpq keeps it nowhere else. "FATAL:  28P01: password ...", in whatever language.
std::string sqlstate_in(const std::string& message) {
  for (std::size_t at = message.find(":  "); at != std::string::npos; at = message.find(":  ", at + 1)) {
    const std::string code = message.substr(at + 3, 6);
    if (code.size() != 6 || code[5] != ':') continue;
    const bool shaped =
        std::all_of(code.begin(), code.end() - 1, [](unsigned char c) { return std::isdigit(c) != 0 || std::isupper(c) != 0; });
    if (shaped) return code.substr(0, 5);
  }
  return {};
}

/// "FATAL:  28P01: text\nLOCATION: ..." without code and location.
std::string without_code(std::string message, const std::string& sqlstate) {
  const std::size_t code = sqlstate.empty() ? std::string::npos : message.find(sqlstate + ": ");
  if (code != std::string::npos) message.erase(code, sqlstate.size() + 2);
  const std::size_t location = message.find("\nLOCATION:");
  if (location != std::string::npos) message.erase(location);
  return message;
}

Error connection_error(PGconn* connection, const connectors::Redactor& redact) {
  const std::string message = PQerrorMessage(connection);
  Error error;
  error.sqlstate = sqlstate_in(message);
  error.message = "PostgreSQL cannot be reached: " + redact(without_code(message, error.sqlstate));
  error.kind = ErrorKind::unavailable;
  if (!error.sqlstate.empty()) {
    error.kind = kind_of(error.sqlstate);
    error.hint = hint_of(error.sqlstate);
    if (error.kind == ErrorKind::permanent || error.kind == ErrorKind::transient) error.kind = ErrorKind::unavailable;
  } else if (PQconnectionNeedsPassword(connection) != 0) {
    error.kind = ErrorKind::unauthenticated;
    error.hint = "the server asks for a password: set `password` of the connection to a reference such as env:NAME";
  }
  return error;
}

std::string text_of(const char* field) { return field == nullptr ? std::string() : field; }

Error error_of(const PGresult& result, const connectors::Redactor& redact) {
  Error error;
  error.sqlstate = text_of(PQresultErrorField(&result, PG_DIAG_SQLSTATE));
  error.kind = kind_of(error.sqlstate);
  // IF NOT EXISTS does not see what another session makes at the same moment; then the catalogue's own keys collide.
  const bool collides = error.sqlstate == kUniqueViolation && text_of(PQresultErrorField(&result, PG_DIAG_SCHEMA_NAME)) == "pg_catalog";
  const std::string primary = text_of(PQresultErrorField(&result, PG_DIAG_MESSAGE_PRIMARY));
  const bool changed = changed_at_once(error.sqlstate, primary);
  if (collides || changed) error.kind = ErrorKind::conflict;
  error.message = redact(primary);
  const std::string detail = text_of(PQresultErrorField(&result, PG_DIAG_MESSAGE_DETAIL));
  if (!detail.empty()) error.message += ": " + redact(detail);
  error.hint = redact(text_of(PQresultErrorField(&result, PG_DIAG_MESSAGE_HINT)));
  // The server's own hint is to drop, by CASCADE, what belongs to others.
  if (changed) error.hint = "another session dropped or altered it at the same moment";
  if (error.hint.empty() || error.sqlstate == kStillDependedOn) error.hint = hint_of(error.sqlstate);
  return error;
}

Error error_of(const std::exception& exception, const connectors::Redactor& redact) {
  Error error;
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&exception)) {
    error.sqlstate = sql->sqlstate();
    error.kind = changed_at_once(error.sqlstate, exception.what()) ? ErrorKind::conflict : kind_of(error.sqlstate);
    error.hint = hint_of(error.sqlstate);
  } else {
    error.kind = dynamic_cast<const pqxx::broken_connection*>(&exception) != nullptr ? ErrorKind::unavailable : ErrorKind::permanent;
  }
  error.message = redact(exception.what());
  return error;
}

Error silent(std::chrono::milliseconds patience, const char* setting) {
  return {ErrorKind::unavailable,
          "PostgreSQL did not answer within " + std::to_string(patience.count()) + " ms",
          "does the server run, and is the network up? `" + std::string(setting) + "` of the connection says how long to wait",
          "",
          "",
          -1};
}

/// Opens the connection for libpqxx with a deadline and with SQLSTATEs in its messages, and never a second time: libpqxx would
/// reconnect by itself, and a unit must know that its connection was lost.
class Policy : public pqxx::connectionpolicy {
 public:
  Policy(const Target& target, std::chrono::steady_clock::time_point deadline)
      : pqxx::connectionpolicy(std::string()), target_(target), deadline_(deadline) {}

  handle do_startconnect(handle orig) override {
    if (orig != nullptr) return orig;
    if (used_) throw pqxx::broken_connection("the connection was lost");
    used_ = true;
    std::vector<const char*> names;
    std::vector<const char*> values;
    const std::map<std::string, std::string> parameters = resolved(target_);
    for (const auto& [name, value] : parameters) {
      names.push_back(name.c_str());
      values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    raw_ = PQconnectStartParams(names.data(), values.data(), 0);
    if (raw_ == nullptr) throw std::bad_alloc();
    complete();
    return raw_;
  }

  handle do_disconnect(handle orig) noexcept override {
    raw_ = nullptr;
    return pqxx::connectionpolicy::do_disconnect(orig);
  }

  /// Null once it has been closed; libpq's functions take that for a bad connection.
  PGconn* raw() const { return raw_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  void complete() {
    PQsetErrorVerbosity(raw_, PQERRORS_VERBOSE);
    PostgresPollingStatusType state = PQstatus(raw_) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
      if (!wait_on(PQsocket(raw_), state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline_)) {
        error_ = silent(target_.connect_timeout, "connect_timeout");
        break;
      }
      state = PQconnectPoll(raw_);
    }
    if (state != PGRES_POLLING_OK) {
      if (!error_) error_ = connection_error(raw_, target_.redact);
      throw pqxx::broken_connection("not connected");
    }
    PQsetErrorVerbosity(raw_, PQERRORS_DEFAULT);
  }

  const Target& target_;
  const std::chrono::steady_clock::time_point deadline_;
  PGconn* raw_ = nullptr;
  bool used_ = false;
  std::optional<Error> error_;
};

}  // namespace

class Wire::Owner : public pqxx::connection_base {
 public:
  Owner(const Target& target, std::chrono::steady_clock::time_point deadline) : pqxx::connection_base(policy_), policy_(target, deadline) {}
  ~Owner() noexcept { close(); }

  std::optional<Error> open(const connectors::Redactor& redact) {
    try {
      init();
      PQsetNoticeProcessor(
          raw(), [](void*, const char*) {}, nullptr);
      // Otherwise libpq itself waits until a silent server takes what is sent, without a limit.
      PQsetnonblocking(raw(), 1);
      return std::nullopt;
    } catch (const std::exception& exception) {
      // libpqxx takes the handle over only when the connection succeeded.
      Error error = policy_.error() ? *policy_.error() : error_of(exception, redact);
      if (policy_.error() && policy_.raw() != nullptr) PQfinish(policy_.raw());
      return error;
    }
  }

  PGconn* raw() const { return policy_.raw(); }

 private:
  Policy policy_;
};

void Wire::Cleaner::operator()(pg_result* result) const { PQclear(result); }

Wire::Wire(const Target& target, std::unique_ptr<Owner> owner)
    : target_(target), owner_(std::move(owner)), watch_([socket = PQsocket(owner_->raw())] { ::shutdown(socket, SHUT_RDWR); }) {}
Wire::~Wire() = default;

pg_conn* Wire::raw() const { return owner_->raw(); }

Result<std::unique_ptr<Wire>> Wire::connect(const Target& target) {
  const auto deadline = Clock::now() + target.connect_timeout;
  auto owner = std::make_unique<Owner>(target, deadline);
  if (std::optional<Error> error = owner->open(target.redact)) return fail(*std::move(error));
  std::unique_ptr<Wire> wire(new Wire(target, std::move(owner)));
  if (const Result<void> prepared = wire->prepare_session(deadline); !prepared) return fail(prepared.error());
  return wire;
}

Result<void> Wire::prepare_session(Deadline deadline) {
  std::string sql;
  for (const std::string& setting : target_.session_settings) sql += setting + ";";
  sql +=
      "select pg_backend_pid(), (extract(epoch from backend_start) * 1000000)::bigint from pg_stat_activity where pid = pg_backend_pid()";
  const Sent sent = send(sql, deadline, Wanted{true, 1, false});
  if (sent.timed_out) return fail(silent(target_.connect_timeout, "connect_timeout"));
  if (sent.error) return fail(*sent.error);
  if (sent.data.size() != 1) return fail(ErrorKind::unavailable, "PostgreSQL does not show its own session in pg_stat_activity");
  backend_ = Backend{std::atoi(sent.data[0][0].value_or("0").c_str()), sent.data[0][1].value_or("")};
  return {};
}

bool Wire::alive() {
  if (lost_ || PQstatus(raw()) != CONNECTION_OK) return false;
  // A server has nothing to say to a session that is idle, but that it ends.
  pollfd waiting{PQsocket(raw()), POLLIN, 0};
  return poll(&waiting, 1, 0) == 0;
}

/// Waits until libpq has a result at hand.
Wire::Heard Wire::listen(Deadline deadline) {
  while (true) {
    const int unsent = PQflush(raw());
    if (PQisBusy(raw()) == 0) return Heard::answer;
    const short events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
    if (!wait_on(PQsocket(raw()), events, deadline)) return Heard::nothing;
    if (PQconsumeInput(raw()) == 0) return Heard::end;
  }
}

Result<std::vector<connectors::Row>> Wire::ask(const std::string& sql, const std::vector<std::string>& parameters) {
  if (lost_) return fail(ErrorKind::unavailable, "the connection to PostgreSQL was lost");
  watch_.begin(*soon());
  Result<std::vector<connectors::Row>> rows = ask_without_deadline(sql, parameters);
  const bool is_silent = watch_.cease();
  lost_ = lost_ || is_silent || PQstatus(raw()) != CONNECTION_OK;
  if (is_silent) return fail(silent(target_.patience, "patience"));
  return rows;
}

Result<std::vector<connectors::Row>> Wire::ask_without_deadline(const std::string& sql, const std::vector<std::string>& parameters) {
  try {
    pqxx::nontransaction transaction(*owner_);
    const pqxx::result result = parameters.empty()
                                    ? transaction.exec(sql)
                                    : transaction.exec_prepared(prepared(sql), pqxx::prepare::make_dynamic_params(parameters));
    std::vector<connectors::Row> rows;
    for (const auto& line : result) {
      connectors::Row row;
      for (const auto& field : line) row.push_back(field.is_null() ? std::nullopt : std::optional<std::string>(field.c_str()));
      rows.push_back(std::move(row));
    }
    return rows;
  } catch (const std::exception& exception) {
    return fail(error_of(exception, target_.redact));
  }
}

const std::string& Wire::prepared(const std::string& sql) {
  const auto [question, is_new] = questions_.try_emplace(sql, "penstock_" + std::to_string(questions_.size()));
  if (is_new) owner_->prepare(question->second, sql);
  return question->second;
}

/// Over a session of its own: libpq's cancel waits for the server without a limit.
void Wire::request_cancel() {
  if (backend_.pid == 0) return;
  if (const auto other = connect(target_)) {
    static_cast<void>(
        (*other)->ask("select pg_cancel_backend(pid) from pg_stat_activity where pid = $1::int and "
                      "(extract(epoch from backend_start) * 1000000)::bigint = $2::bigint",
                      {std::to_string(backend_.pid), backend_.started}));
  }
}

// Returns false when the connection is lost, or when the server has not even stopped in time.
bool Wire::wait_for_result(Deadline deadline, const std::function<bool()>& still_runs, Sent& sent) {
  if (sent.timed_out) deadline = Clock::now() + kCancelPatience;
  while (true) {
    const bool looks_up = still_runs && !sent.timed_out && (!deadline || *soon() < *deadline);
    const Heard heard = listen(looks_up ? soon() : deadline);
    if (heard != Heard::nothing) return heard == Heard::answer;
    if (looks_up) {
      if (!still_runs()) return listen(Clock::now() + kLastWords) == Heard::answer;
      continue;
    }
    if (sent.timed_out || backend_.pid == 0) {
      sent.timed_out = true;
      return false;
    }
    sent.timed_out = true;
    request_cancel();
    deadline = Clock::now() + kCancelPatience;
  }
}

Wire::Sent Wire::send(const std::string& sql, Deadline deadline, const Wanted& wanted, const std::function<bool()>& still_runs) {
  Sent sent;
  result_open_ = false;
  if (lost_ || PQsendQuery(raw(), sql.c_str()) == 0) {
    sent.connection_lost = true;
  } else if (wanted.rows) {
    PQsetSingleRowMode(raw());
  }
  while (!sent.connection_lost) {
    if (!wait_for_result(deadline, still_runs, sent)) {
      sent.connection_lost = true;
      break;
    }
    const ResultPointer result(PQgetResult(raw()));
    if (result == nullptr) break;
    take(*result, wanted, sent);
    if (PQstatus(raw()) == CONNECTION_BAD) sent.connection_lost = true;
  }
  lost_ = lost_ || sent.connection_lost;
  if (sent.connection_lost && !sent.error) {
    sent.error = Error{ErrorKind::transient, "the connection to PostgreSQL was lost", "", "", "", -1};
    const std::string reason = target_.redact(PQerrorMessage(raw()));
    if (!reason.empty()) sent.error->message += ": " + reason;
  }
  return sent;
}

void Wire::take(const pg_result& result, const Wanted& wanted, Sent& sent) {
  const bool has_wanted_rows = wanted.rows && !(wanted.skips_first && sent.rows.empty());
  switch (PQresultStatus(&result)) {
    case PGRES_SINGLE_TUPLE:
      if (has_wanted_rows) take_rows(result, wanted, sent);
      return;
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK: {
      // PQcmdTuples does not change the result that it takes as not const.
      const char* tag = PQcmdTuples(const_cast<PGresult*>(&result));
      std::int64_t count = 0;
      const auto [end, error] = std::from_chars(tag, tag + std::strlen(tag), count);
      const bool wrote = PQresultStatus(&result) == PGRES_COMMAND_OK && error == std::errc();
      sent.rows.push_back(wrote ? std::optional<std::int64_t>(count) : std::nullopt);
      if (has_wanted_rows) take_rows(result, wanted, sent);
      return;
    }
    case PGRES_FATAL_ERROR:
    case PGRES_BAD_RESPONSE: {
      if (sent.error) return;
      const char* sqlstate = PQresultErrorField(&result, PG_DIAG_SQLSTATE);
      const bool enough = sent.more_data && wanted.stop_after_most && sqlstate != nullptr && kQueryCancelled == sqlstate;
      if (enough) return;
      sent.error = error_of(result, target_.redact);
      const char* position = PQresultErrorField(&result, PG_DIAG_STATEMENT_POSITION);
      if (position != nullptr) sent.error_character = std::atol(position) - 1;
      return;
    }
    default:
      // COPY in either direction moves rows through this process, which is never wanted.
      if (!sent.error) sent.error = Error{ErrorKind::refused, "a statement may not move rows through Penstock", "", "", "", -1};
      sent.connection_lost = true;
      return;
  }
}

void Wire::take_rows(const pg_result& result, const Wanted& wanted, Sent& sent) {
  const int columns = PQnfields(&result);
  const int rows = PQntuples(&result);
  if (columns == 0) return;
  // In single-row mode a result comes as its rows and then once more without any.
  if (!result_open_) {
    sent.columns.clear();
    sent.data.clear();
    sent.more_data = false;
    column_types_.clear();
    for (int i = 0; i < columns; ++i) {
      sent.columns.push_back({PQfname(&result, i), ""});
      column_types_.emplace_back(PQftype(&result, i), PQfmod(&result, i));
    }
  }
  result_open_ = PQresultStatus(&result) == PGRES_SINGLE_TUPLE;
  for (int row = 0; row < rows; ++row) {
    if (sent.data.size() >= wanted.most_rows) {
      if (!sent.more_data && wanted.stop_after_most) request_cancel();
      sent.more_data = true;
      return;
    }
    connectors::Row cells;
    for (int i = 0; i < columns; ++i) {
      if (PQgetisnull(&result, row, i) != 0) {
        cells.emplace_back();
        continue;
      }
      std::string text(PQgetvalue(&result, row, i), static_cast<std::size_t>(PQgetlength(&result, row, i)));
      if (PQftype(&result, i) == kBoolean) text = text == "t" ? "true" : "false";
      cells.emplace_back(std::move(text));
    }
    sent.data.push_back(std::move(cells));
  }
}

void Wire::name_types(Sent& sent) {
  for (std::size_t i = 0; i < column_types_.size() && i < sent.columns.size(); ++i) {
    auto found = type_names_.find(column_types_[i]);
    if (found == type_names_.end()) {
      const auto rows =
          ask("select format_type(" + std::to_string(column_types_[i].first) + ", " + std::to_string(column_types_[i].second) + ")");
      found = type_names_.emplace(column_types_[i], rows && !rows->empty() ? rows->front()[0].value_or("") : "").first;
    }
    sent.columns[i].type = found->second;
  }
}

}  // namespace penstock::postgres
