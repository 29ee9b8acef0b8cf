#include "connectors/bigquery/session.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "connectors/bigquery/announcement.h"
#include "connectors/bigquery/value.h"

namespace penstock::bigquery {

using Clock = std::chrono::steady_clock;
using connectors::make_error;
using connectors::Outcome;
using connectors::Unit;

namespace {

constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{5'000};
constexpr std::chrono::seconds kStopPatience{60};
// So long may jobs.get not know a job that jobs.insert has taken. Source: google-cloud-python's retry after 409, read 2026-11-30.
constexpr std::chrono::seconds kInvisible{200};
constexpr std::size_t kMostRowsOfAPage = 10'000;
// More than the run engine ever tries, and than units have statements.
constexpr int kMostJobs = 1'000;

std::chrono::milliseconds longer(std::chrono::milliseconds pause) { return std::min(pause + pause / 2, kLongestPause); }

}  // namespace

int Tries::next(const std::string& token, std::size_t statement) const {
  const std::lock_guard lock(mutex_);
  const auto found = next_.find({token, statement});
  return found == next_.end() ? 0 : found->second;
}

void Tries::failed(const Position& position) {
  const std::lock_guard lock(mutex_);
  int& next = next_[{position.token, position.statement}];
  next = std::max(next, position.tries + 1);
}

void Tries::forget(const std::string& token) {
  const std::lock_guard lock(mutex_);
  next_.erase(next_.lower_bound({token, 0}), next_.upper_bound({token, SIZE_MAX}));
}

Result<std::optional<Newest>> newest_of(Client& client, Position from) {
  std::optional<Newest> newest;
  for (int i = 0; i < kMostJobs; ++i) {
    const Result<Job> job = client.job(from.job());
    if (!job && job.error().kind == ErrorKind::not_found) return newest;
    if (!job) return fail(job.error());
    newest = Newest{from, *job};
    if (!job->has_ended) return newest;
    from.tries = job->error ? from.tries + 1 : 0;
    if (!job->error) ++from.statement;
  }
  return newest;
}

Result<void> stop_and_confirm(Client& client, const JobName& name) {
  const auto deadline = Clock::now() + kStopPatience;
  if (const Result<void> told = client.cancel(name); !told) return told;
  for (auto pause = kFirstPause;; pause = longer(pause)) {
    const Result<Job> job = client.job(name);
    if (!job && job.error().kind == ErrorKind::not_found) return {};
    if (!job) return fail(job.error());
    if (job->has_ended) return {};
    if (Clock::now() >= deadline) break;
    std::this_thread::sleep_for(pause);
  }
  return fail(ErrorKind::timed_out, "BigQuery has not ended job " + name.text() + " after it was cancelled");
}

/// The state of one `follow`.
struct BigquerySession::Following {
  const Unit& unit;
  const connectors::HandleMoved& moved;
  Position position;
  Deadline deadline;
  bool is_there = false;            ///< BigQuery has said that it has the job.
  bool is_announced_again = false;  ///< What was taken was not to be seen for too long.
  bool is_late = false;             ///< It was told to stop because of its timeout.
  Outcome outcome{};
  bool lost_login = false;

  bool is_last() const { return position.statement + 1 == unit.statements.size(); }
  const std::string& statement() const { return unit.statements[position.statement]; }
};

BigquerySession::BigquerySession(std::shared_ptr<const Target> target, std::shared_ptr<Knowledge> knowledge)
    : target_(std::move(target)), knowledge_(std::move(knowledge)), client_(*target_) {}

Result<connectors::Handle> BigquerySession::submit(const Unit& unit, const connectors::Token& token) {
  if (const auto fits =
          connectors::check_single_statements(unit, target_->read_only, "BigQuery has no transactions over several statements");
      !fits) {
    return fail(fits.error());
  }
  // Whether it can be reached is said here, where nothing has been sent.
  if (const Result<std::string> signature = target_->credential->authorization(); !signature) return fail(signature.error());
  const Result<std::string> location = knowledge_->location.get(*target_, client_);
  if (!location) return fail(location.error());
  announced_ = token;
  return to_handle({0, knowledge_->tries.next(token.id, 0), token.id, *location, target_->project});
}

Outcome BigquerySession::follow(const connectors::Handle& handle, const Unit& unit, const connectors::HandleMoved& moved) {
  const std::optional<Position> position = to_position(handle);
  if (!position || position->statement >= unit.statements.size()) {
    return connectors::failed_with(make_error(ErrorKind::invalid_input, "this is no handle of BigQuery for this unit"));
  }
  return follow_from(*position, unit, moved, false);
}

Outcome BigquerySession::adopt(const Position& position, const Unit& unit) {
  return follow_from(
      position, unit, [](const connectors::Handle&) { return Result<void>(); }, true);
}

Outcome BigquerySession::follow_from(Position position, const Unit& unit, const connectors::HandleMoved& moved, bool is_there) {
  Following following{unit, moved, std::move(position), std::nullopt, is_there};
  if (unit.timeout.count() > 0) following.deadline = Clock::now() + unit.timeout;
  const std::string token = following.position.token;
  Outcome outcome = follow_unit(following);
  if (outcome.state == Outcome::State::failed && is_retryable(outcome.error.kind) && knowledge_->cancelled.contains(token)) {
    outcome = connectors::failed_with(make_error(ErrorKind::cancelled, "the statement was cancelled"));
  }
  outcome.lost_login = following.lost_login && outcome.state != Outcome::State::succeeded;
  if (outcome.state != Outcome::State::succeeded) outcome.failed_statement = static_cast<int>(following.position.statement);
  knowledge_->cancelled.remove(token);
  knowledge_->in_doubt.note(token, to_handle(following.position), outcome);
  if (outcome.state == Outcome::State::succeeded) knowledge_->tries.forget(token);
  outcome.engine_query_id = following.position.job().text();
  return outcome;
}

Outcome BigquerySession::follow_unit(Following& following) {
  while (true) {
    if (std::optional<Outcome> end = follow_statement(following)) return *std::move(end);
    if (following.is_last()) return std::move(following.outcome);
    if (std::optional<Outcome> end = next_statement(following)) return *std::move(end);
  }
}

// Nothing when the statement succeeded.
std::optional<Outcome> BigquerySession::follow_statement(Following& following) {
  if (!following.is_there && knowledge_->cancelled.contains(following.position.token)) {
    // What is cancelled must not begin, and may have begun.
    const Result<Job> job = client_.job(following.position.job());
    if (!job && job.error().kind != ErrorKind::not_found) return lost(following, job.error());
    if (!job) return connectors::failed_with(make_error(ErrorKind::cancelled, "the statement was cancelled"));
    following.is_there = true;
  }
  return following.is_there ? wait_for_end(following) : announce(following);
}

std::optional<Outcome> BigquerySession::announce(Following& following) {
  const Position& position = following.position;
  connectors::Token token = announced_;
  if (token.id != position.token) token = {position.token, {}, {}, 1};
  const Insertion insertion =
      client_.insert(announcement(*target_, position.job(), following.statement(), token, following.unit), following.statement());
  switch (insertion.state) {
    case Insertion::State::begun:
      following.is_there = true;
      if (insertion.job.has_ended) return ended(following, insertion.job);
      break;
    case Insertion::State::known:
      following.is_there = true;
      break;
    case Insertion::State::refused:
      following.lost_login = insertion.error.kind == ErrorKind::unauthenticated;
      return connectors::failed_with(insertion.error);
    case Insertion::State::unsure:
      const Result<Job> job = client_.job(position.job());
      if (!job) return lost(following, insertion.error);
      following.is_there = true;
      if (job->has_ended) return ended(following, *job);
      break;
  }
  return wait_for_end(following);
}

std::optional<Outcome> BigquerySession::wait_for_end(Following& following) {
  const JobName name = following.position.job();
  const std::string& token = following.position.token;
  const auto begun = Clock::now();
  Deadline given_up;    // Of a stop that nobody confirms.
  Deadline told_again;  // A stop may have come before the job was to be seen.
  for (auto pause = kFirstPause;; pause = longer(pause)) {
    if (given_up) {
      std::this_thread::sleep_for(pause);
    } else {
      auto until = Clock::now() + pause;
      if (following.deadline) until = std::min(until, *following.deadline);
      const bool is_cancelled = knowledge_->cancelled.wait(token, until);
      following.is_late = !is_cancelled && following.deadline && Clock::now() >= *following.deadline;
      if (is_cancelled || following.is_late) {
        given_up = Clock::now() + kStopPatience;
        pause = kFirstPause;
      }
    }
    if (given_up && (!told_again || Clock::now() >= *told_again)) {
      if (const Result<void> told = client_.cancel(name); !told) return lost(following, told.error());
      told_again = Clock::now() + kLongestPause;
    }
    const Result<Job> job = client_.job(name);
    if (job && job->has_ended) return ended(following, *job);
    if (!job && job.error().kind != ErrorKind::not_found) return lost(following, job.error());
    if (!job && Clock::now() - begun >= kInvisible) {
      if (std::exchange(following.is_announced_again, true)) return lost(following, job.error());
      following.is_there = false;
      return follow_statement(following);
    }
    if (given_up && Clock::now() >= *given_up) {
      return lost(following, make_error(ErrorKind::timed_out, "BigQuery has not ended job " + name.text() + " after it was cancelled"));
    }
  }
}

std::optional<Outcome> BigquerySession::ended(Following& following, const Job& job) {
  Outcome& outcome = following.outcome;
  outcome.engine_time += job.engine_time;
  if (job.processed_bytes) outcome.bytes_scanned = outcome.bytes_scanned.value_or(0) + *job.processed_bytes;
  if (job.error) {
    knowledge_->tries.failed(following.position);
    Error error = client_.error_of(*job.error, following.statement());
    const bool is_stopped = error.kind == ErrorKind::cancelled;
    if (is_stopped && (following.is_late || (job.used_up_its_time && !knowledge_->cancelled.contains(following.position.token)))) {
      error.kind = ErrorKind::timed_out;
      error.message = "the statement did not end within its timeout of " + std::to_string(following.unit.timeout.count()) + " ms";
    }
    Outcome failed = connectors::failed_with(std::move(error));
    failed.bytes_scanned = outcome.bytes_scanned;
    failed.engine_time = outcome.engine_time;
    return failed;
  }
  if (job.changed_rows) outcome.rows_written = job.changed_rows;
  if (job.statement_type == "CREATE_TABLE_AS_SELECT") outcome.rows_written = rows_of_table(job);
  if (following.unit.wants_rows && following.is_last()) return read_rows(following);
  return std::nullopt;
}

// A statement that makes a table of a query has no count of its own.
std::optional<std::int64_t> BigquerySession::rows_of_table(const Job& job) {
  const auto table =
      client_.get(path_of({job.made_project, "datasets", job.made_dataset, "tables", job.made_table}), {{"fields", "numRows"}});
  const auto rows = table && table->is_object() ? table->find("numRows") : nlohmann::json::const_iterator();
  if (!table || !table->is_object() || rows == table->end() || !rows->is_string()) return std::nullopt;
  return std::strtoll(rows->get<std::string>().c_str(), nullptr, 10);
}

std::optional<Outcome> BigquerySession::read_rows(Following& following) {
  const JobName name = following.position.job();
  Outcome& outcome = following.outcome;
  nlohmann::json fields = nlohmann::json::array();
  std::string page;
  do {
    const std::size_t wanted = following.unit.most_rows - std::min(following.unit.most_rows, outcome.rows.size());
    Client::Query query = {{"location", name.location},
                           {"formatOptions.useInt64Timestamp", "true"},
                           {"maxResults", std::to_string(std::clamp<std::size_t>(wanted, 1, kMostRowsOfAPage))}};
    if (!page.empty()) query["pageToken"] = page;
    const auto answer = client_.get(path_of({name.project, "queries", name.id}), query);
    if (answer && answer->contains("schema")) fields = (*answer)["schema"].value("fields", nlohmann::json::array());
    Result<std::vector<connectors::Row>> rows = answer ? rows_of(*answer, fields) : fail(answer.error());
    if (!rows) {
      // Read again they may be had, but a result is not kept for ever.
      knowledge_->tries.failed(following.position);
      following.lost_login = rows.error().kind == ErrorKind::unauthenticated;
      Error error = rows.error();
      if (!following.lost_login) error.kind = ErrorKind::transient;
      return connectors::failed_with(std::move(error));
    }
    for (connectors::Row& row : *rows) {
      if (outcome.rows.size() < following.unit.most_rows) outcome.rows.push_back(std::move(row));
    }
    const std::string total = answer->value("totalRows", "0");
    outcome.more_rows = std::strtoull(total.c_str(), nullptr, 10) > following.unit.most_rows;
    page = answer->value("pageToken", "");
  } while (!page.empty() && outcome.rows.size() < following.unit.most_rows);
  for (const auto& column : columns_of(fields)) outcome.columns.push_back({column.name, column.type});
  return std::nullopt;
}

std::optional<Outcome> BigquerySession::next_statement(Following& following) {
  Position& position = following.position;
  if (knowledge_->cancelled.contains(position.token)) {
    return connectors::failed_with(make_error(ErrorKind::cancelled, "the statement was cancelled"));
  }
  ++position.statement;
  position.tries = knowledge_->tries.next(position.token, position.statement);
  following.is_there = false;
  if (Result<void> safe = following.moved(to_handle(position)); !safe) {
    return connectors::failed_with(make_error(ErrorKind::in_doubt, "the handle could not be made safe: " + safe.error().message));
  }
  return std::nullopt;
}

// Nobody hears of the job any more, and it may have begun.
Outcome BigquerySession::lost(Following& following, Error cause) {
  following.lost_login = cause.kind == ErrorKind::unauthenticated;
  Outcome outcome = connectors::lost(following.unit, cause.message);
  if (!following.lost_login) return outcome;
  if (outcome.state == Outcome::State::failed) outcome.error.kind = ErrorKind::unauthenticated;
  outcome.error.hint = cause.hint;
  return outcome;
}

}  // namespace penstock::bigquery
