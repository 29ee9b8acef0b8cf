#include "connectors/trino/session.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include "connectors/settlement.h"
#include "connectors/trino/settlement.h"

namespace penstock::trino {

using Clock = std::chrono::steady_clock;
using connectors::make_error;
using connectors::Outcome;
using connectors::Unit;

namespace {

constexpr std::string_view kHandlePrefix = "trino:";

// Trino tells of a query's end only to those who ask; these bound the questions after a cancel.
constexpr std::chrono::milliseconds kFirstPause{10};
constexpr std::chrono::milliseconds kLongestPause{250};
constexpr std::chrono::seconds kStopPatience{60};
// So long is a silent server told to stop a query, before whoever wants it hears that it cannot be reached.
constexpr std::chrono::seconds kTellPatience{10};

std::string take_field(std::string& text) {
  const std::size_t colon = text.find(':');
  std::string field = text.substr(0, colon);
  text.erase(0, colon == std::string::npos ? text.size() : colon + 1);
  return field;
}

bool is_query_id(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

}  // namespace

connectors::Handle to_handle(const Position& position) {
  return {std::string(kHandlePrefix) + std::to_string(position.statement) + ":" + (position.gave_rows ? "1" : "0") + ":" + position.token +
          ":" + position.query_id + ":" + position.page};
}

std::optional<Position> to_position(const connectors::Handle& handle) {
  if (handle.text.rfind(kHandlePrefix, 0) != 0) return std::nullopt;
  std::string text = handle.text.substr(kHandlePrefix.size());
  Position position;
  const std::string statement = take_field(text);
  const auto [end, error] = std::from_chars(statement.data(), statement.data() + statement.size(), position.statement);
  if (error != std::errc() || end != statement.data() + statement.size()) return std::nullopt;
  position.gave_rows = take_field(text) == "1";
  position.token = take_field(text);
  position.query_id = take_field(text);
  position.page = text;
  // The path is asked for with our credentials, so it must be one of the protocol's own.
  const bool page_fits = position.page.empty() || position.page.rfind("/v1/statement/", 0) == 0;
  if (!is_query_id(position.query_id) || !page_fits) return std::nullopt;
  return position;
}

Result<void> stop_and_confirm(Client& client, const Position& position) {
  const Result<void> stopped = client.stop(position.page, position.query_id, kTellPatience);
  if (!stopped) return stopped;
  const auto deadline = Clock::now() + kStopPatience;
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    const Result<bool> ended = client.has_ended(position.query_id);
    if (!ended) return fail(ended.error());
    if (*ended) return {};
    if (Clock::now() >= deadline) break;
    std::this_thread::sleep_for(pause);
  }
  return fail(ErrorKind::timed_out, "Trino has not ended query " + position.query_id + " after it was cancelled");
}

/// The state of one `follow`.
struct TrinoSession::Following {
  const Unit& unit;
  const connectors::HandleMoved& moved;
  Position position;
  Deadline deadline;
  Outcome outcome{};
  bool lost_login = false;

  bool is_last() const { return position.statement + 1 == unit.statements.size(); }
  const std::string& statement() const { return unit.statements[position.statement]; }
};

TrinoSession::TrinoSession(std::shared_ptr<const Target> target, std::shared_ptr<connectors::Cancelled> cancelled,
                           std::shared_ptr<connectors::InDoubt> in_doubt)
    : target_(std::move(target)), cancelled_(std::move(cancelled)), in_doubt_(std::move(in_doubt)), client_(*target_) {}

Result<connectors::Handle> TrinoSession::submit(const Unit& unit, const connectors::Token& token) {
  if (const auto fits = connectors::check_single_statements(unit, target_->read_only, "Trino has no transactions over several statements");
      !fits) {
    return fail(fits.error());
  }
  Result<Page> page = client_.post(unit.statements[0], &token, unit.timeout, unit.compute);
  if (!page) return fail(page.error());
  return to_handle({0, false, page->query_id, page->next, token.id});
}

Outcome TrinoSession::follow(const connectors::Handle& handle, const Unit& unit, const connectors::HandleMoved& moved) {
  std::optional<Position> position = to_position(handle);
  if (!position || position->statement >= unit.statements.size()) {
    return connectors::failed_with(make_error(ErrorKind::invalid_input, "this is no handle of Trino for this unit"));
  }
  Following following{unit, moved, *std::move(position), std::nullopt};
  if (unit.timeout.count() > 0) following.deadline = Clock::now() + unit.timeout;
  const std::string token = following.position.token;
  Outcome outcome = follow_unit(following);
  if (outcome.state == Outcome::State::failed && is_retryable(outcome.error.kind) && cancelled_->contains(token)) {
    // A coordinator may have forgotten the query by now; that it had no effect and was told to stop is still known here.
    outcome = connectors::failed_with(make_error(ErrorKind::cancelled, "the statement was cancelled"));
  }
  outcome.lost_login = following.lost_login && outcome.state != Outcome::State::succeeded;
  cancelled_->remove(token);
  in_doubt_->note(token, to_handle(following.position), outcome);
  outcome.engine_query_id = following.position.query_id;
  return outcome;
}

Outcome TrinoSession::follow_unit(Following& following) {
  while (true) {
    if (std::optional<Outcome> end = follow_statement(following)) return *std::move(end);
    if (following.is_last()) return std::move(following.outcome);
    if (std::optional<Outcome> end = next_statement(following)) return *std::move(end);
  }
}

// Nothing when the statement succeeded. Every page is made safe before it is asked for: asking makes the page before it unavailable.
std::optional<Outcome> TrinoSession::follow_statement(Following& following) {
  if (following.position.page.empty()) {
    return stop(following, make_error(ErrorKind::transient, "the query's next page is not known"));
  }
  while (true) {
    if (following.deadline && Clock::now() >= *following.deadline) {
      return stop(following, make_error(ErrorKind::timed_out, "the statement did not end within its timeout of " +
                                                                  std::to_string(following.unit.timeout.count()) + " ms"));
    }
    Result<Page> page = client_.get(following.position.page);
    if (!page) {
      const Error& error = page.error();
      if (error.kind == ErrorKind::not_found && cancelled_->contains(following.position.token)) {
        return settle(following, make_error(ErrorKind::cancelled, "the statement was cancelled"));
      }
      if (error.kind == ErrorKind::not_found) {
        return stop(following,
                    make_error(ErrorKind::transient, "Trino has forgotten the query's next page: it restarted, or ended the query"));
      }
      following.lost_login = error.kind == ErrorKind::unauthenticated;
      return settle(following, error);
    }
    if (page->error) return ended_with(following, *page->error);
    if (std::optional<Outcome> end = keep(following, *page)) return end;
    if (page->next.empty()) return std::nullopt;
    following.position.page = page->next;
    if (Result<void> safe = following.moved(to_handle(following.position)); !safe) {
      return connectors::failed_with(
          make_error(ErrorKind::in_doubt, "the query's next page could not be made safe: " + safe.error().message));
    }
  }
}

// Takes what the page holds; an outcome when that is enough.
std::optional<Outcome> TrinoSession::keep(Following& following, Page& page) {
  Outcome& outcome = following.outcome;
  outcome.engine_time = std::chrono::milliseconds(page.elapsed_ms);
  outcome.bytes_scanned = page.scanned_bytes;
  if (page.update_count) outcome.rows_written = page.update_count;
  if (!following.unit.wants_rows || !following.is_last()) return std::nullopt;
  if (outcome.columns.empty()) outcome.columns = page.columns;
  if (!page.rows.empty() && following.position.gave_rows && outcome.rows.empty()) {
    return stop(following, make_error(ErrorKind::transient, "the first rows went to a process that has ended"));
  }
  for (connectors::Row& row : page.rows) {
    if (outcome.rows.size() < following.unit.most_rows) {
      outcome.rows.push_back(std::move(row));
    } else {
      outcome.more_rows = true;
    }
  }
  following.position.gave_rows = following.position.gave_rows || !page.rows.empty();
  if (!outcome.more_rows || page.next.empty()) return std::nullopt;
  client_.stop(page.next, page.query_id, kTellPatience);
  return std::move(outcome);
}

std::optional<Outcome> TrinoSession::next_statement(Following& following) {
  if (cancelled_->contains(following.position.token)) {
    return connectors::failed_with(make_error(ErrorKind::cancelled, "the statement was cancelled"));
  }
  connectors::Token token;
  token.id = following.position.token;
  Result<Page> page =
      client_.post(following.unit.statements[following.position.statement + 1], &token, following.unit.timeout, following.unit.compute);
  if (!page) {
    following.lost_login = page.error().kind == ErrorKind::unauthenticated;
    return connectors::failed_with(page.error());
  }
  following.position = {following.position.statement + 1, false, page->query_id, page->next, token.id};
  if (Result<void> safe = following.moved(to_handle(following.position)); !safe) {
    return connectors::failed_with(make_error(ErrorKind::in_doubt, "the handle could not be made safe: " + safe.error().message));
  }
  return std::nullopt;
}

Outcome TrinoSession::ended_with(Following& following, const QueryError& error) {
  Error cause = make_error(kind_of(error), client_.redacted(error.message));
  cause.hint = hint_of(error);
  cause.vendor_code = error.name;
  cause.statement_offset = connectors::offset_of(following.statement(), error.line, error.column);
  if (!may_have_landed(error)) return connectors::failed_with(std::move(cause));
  return settle(following, std::move(cause));
}

Outcome TrinoSession::stop(Following& following, Error cause) {
  const Result<void> stopped = stop_and_confirm(client_, following.position);
  if (stopped) return settle(following, std::move(cause));
  cause.message += ", and it may still run: " + stopped.error().message;
  cause.kind = ErrorKind::in_doubt;
  return connectors::failed_with(std::move(cause));
}

// The query has failed or is lost: what counts is whether its change is in the table.
Outcome TrinoSession::settle(Following& following, Error cause) {
  const Unit& unit = following.unit;
  if (unit.wants_rows || unit.idempotent) {
    // May be sent again, so it is enough that it no longer runs: a cancel, a timeout or the server's own error says so.
    if (cause.kind == ErrorKind::unavailable || cause.kind == ErrorKind::not_found) cause.kind = ErrorKind::transient;
    return connectors::failed_with(std::move(cause));
  }
  const std::string what = cause.message;
  if (unit.written_table.empty() || !following.is_last()) {
    Outcome outcome = connectors::lost(unit, what);
    outcome.error.vendor_code = cause.vendor_code;
    return outcome;
  }
  const Result<bool> ended = client_.has_ended(following.position.query_id);
  if (ended && !*ended) {
    if (const Result<void> stopped = stop_and_confirm(client_, following.position); !stopped) return connectors::lost(unit, what);
  }
  const Result<Landed> landed = ended ? has_landed(client_, unit.written_table, following.position.query_id) : fail(ended.error());
  if (!landed) return connectors::lost(unit, what + ", and the table's history cannot be read: " + landed.error().message);
  if (landed->answer == Landed::Answer::untold) return connectors::lost(unit, what);
  if (landed->answer == Landed::Answer::yes) {
    following.outcome.state = Outcome::State::succeeded;
    if (landed->rows) following.outcome.rows_written = landed->rows;
    return std::move(following.outcome);
  }
  if (cause.kind == ErrorKind::unavailable || cause.kind == ErrorKind::not_found) cause.kind = ErrorKind::transient;
  return connectors::failed_with(std::move(cause));
}

}  // namespace penstock::trino
