#include "connectors/postgres/wire.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

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

Error silent(std::chrono::milliseconds patience, const char* setting) {
  return {ErrorKind::unavailable,
          "PostgreSQL did not answer within " + std::to_string(patience.count()) + " ms",
          "does the server run, and is the network up? `" + std::string(setting) + "` of the connection says how long to wait",
          "",
          "",
          -1};
}

}  // namespace

void Wire::Closer::operator()(pg_conn* connection) const { PQfinish(connection); }
void Wire::Cleaner::operator()(pg_result* result) const { PQclear(result); }

Wire::~Wire() = default;

Result<std::unique_ptr<Wire>> Wire::connect(const Target& target) {
  const Deadline deadline = Clock::now() + target.connect_timeout;
  std::unique_ptr<Wire> wire(new Wire(target));
  if (const Result<void> opened = wire->open(deadline); !opened) return fail(opened.error());
  if (const Result<void> prepared = wire->prepare_session(deadline); !prepared) return fail(prepared.error());
  return wire;
}

Result<void> Wire::open(Deadline deadline) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  const std::map<std::string, std::string> parameters = resolved(target_);
  for (const auto& [name, value] : parameters) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
  pg_conn* const raw = connection_.get();
  if (raw == nullptr) throw std::bad_alloc();
  PQsetNoticeProcessor(raw, [](void*, const char*) {}, nullptr);
  // With SQLSTATEs in its messages.
  PQsetErrorVerbosity(raw, PQERRORS_VERBOSE);
  PostgresPollingStatusType state = PQstatus(raw) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
    if (!wait_on(PQsocket(raw), state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
      return fail(silent(target_.connect_timeout, "connect_timeout"));
    }
    state = PQconnectPoll(raw);
  }
  if (state != PGRES_POLLING_OK) return fail(connection_error(raw, target_.redact));
  PQsetErrorVerbosity(raw, PQERRORS_DEFAULT);
  // Otherwise libpq itself waits until a silent server takes what is sent, without a limit.
  PQsetnonblocking(raw, 1);
  return {};
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
  if (lost_ || PQstatus(connection_.get()) != CONNECTION_OK) return false;
  // A server has nothing to say to a session that is idle, but that it ends.
  pollfd waiting{PQsocket(connection_.get()), POLLIN, 0};
  return poll(&waiting, 1, 0) == 0;
}

/// Waits until libpq has a result at hand.
Wire::Heard Wire::listen(Deadline deadline) {
  pg_conn* const raw = connection_.get();
  while (true) {
    const int unsent = PQflush(raw);
    if (PQisBusy(raw) == 0) return Heard::answer;
    const short events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
    if (!wait_on(PQsocket(raw), events, deadline)) return Heard::nothing;
    if (PQconsumeInput(raw) == 0) return Heard::end;
  }
}

/// The last result of the one statement that was sent.
Result<Wire::ResultPointer> Wire::answer(bool was_sent, Deadline deadline) {
  pg_conn* const raw = connection_.get();
  ResultPointer last;
  while (was_sent) {
    const Heard heard = listen(deadline);
    if (heard == Heard::nothing) {
      lost_ = true;
      return fail(silent(target_.patience, "patience"));
    }
    ResultPointer next(heard == Heard::answer ? PQgetResult(raw) : nullptr);
    if (next == nullptr) break;
    last = std::move(next);
    const ExecStatusType status = PQresultStatus(last.get());
    const bool goes_on = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_FATAL_ERROR;
    if (!goes_on || PQstatus(raw) == CONNECTION_BAD) break;
  }
  const ExecStatusType status = last == nullptr ? PGRES_FATAL_ERROR : PQresultStatus(last.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return last;
  const bool told = last != nullptr && PQresultErrorField(last.get(), PG_DIAG_SQLSTATE) != nullptr;
  if (told) return fail(error_of(*last, target_.redact));
  lost_ = true;
  return fail(ErrorKind::unavailable, "the connection to PostgreSQL was lost: " + target_.redact(PQerrorMessage(raw)));
}

Result<std::vector<connectors::Row>> Wire::ask(const std::string& sql, const std::vector<std::string>& parameters) {
  if (lost_) return fail(ErrorKind::unavailable, "the connection to PostgreSQL was lost");
  pg_conn* const raw = connection_.get();
  const Deadline deadline = soon();
  bool was_sent = false;
  if (parameters.empty()) {
    was_sent = PQsendQueryParams(raw, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
  } else {
    const Result<std::string> name = prepared(sql, deadline);
    if (!name) return fail(name.error());
    std::vector<const char*> values;
    for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
    was_sent = PQsendQueryPrepared(raw, name->c_str(), static_cast<int>(values.size()), values.data(), nullptr, nullptr, 0) == 1;
  }
  const Result<ResultPointer> result = answer(was_sent, deadline);
  if (!result) return fail(result.error());
  std::vector<connectors::Row> rows(static_cast<std::size_t>(PQntuples(result->get())));
  for (int line = 0; line < PQntuples(result->get()); ++line) {
    for (int i = 0; i < PQnfields(result->get()); ++i) {
      const bool is_null = PQgetisnull(result->get(), line, i) != 0;
      rows[static_cast<std::size_t>(line)].push_back(is_null ? std::nullopt
                                                             : std::optional<std::string>(PQgetvalue(result->get(), line, i)));
    }
  }
  return rows;
}

Result<std::string> Wire::prepared(const std::string& sql, Deadline deadline) {
  if (const auto known = questions_.find(sql); known != questions_.end()) return known->second;
  const std::string name = "penstock_" + std::to_string(questions_.size());
  const bool was_sent = PQsendPrepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr) == 1;
  if (const auto result = answer(was_sent, deadline); !result) return fail(result.error());
  questions_[sql] = name;
  return name;
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
  pg_conn* const raw = connection_.get();
  Sent sent;
  result_open_ = false;
  if (lost_ || PQsendQuery(raw, sql.c_str()) == 0) {
    sent.connection_lost = true;
  } else if (wanted.rows) {
    PQsetSingleRowMode(raw);
  }
  while (!sent.connection_lost) {
    if (!wait_for_result(deadline, still_runs, sent)) {
      sent.connection_lost = true;
      break;
    }
    const ResultPointer result(PQgetResult(raw));
    if (result == nullptr) break;
    take(*result, wanted, sent);
    if (PQstatus(raw) == CONNECTION_BAD) sent.connection_lost = true;
  }
  lost_ = lost_ || sent.connection_lost;
  if (sent.connection_lost && !sent.error) {
    sent.error = Error{ErrorKind::transient, "the connection to PostgreSQL was lost", "", "", "", -1};
    const std::string reason = target_.redact(PQerrorMessage(raw));
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
