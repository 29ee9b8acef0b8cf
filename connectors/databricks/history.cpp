#include "connectors/databricks/history.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "connectors/cell.h"
#include "connectors/http/url.h"

namespace penstock::databricks {

namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

constexpr const char* kQueries = "/api/2.0/sql/history/queries";
constexpr int kPage = 999;
constexpr int kMostPages = 50;
constexpr std::size_t kMostCommits = 200;
// The workspace's clock may be behind ours.
constexpr std::chrono::minutes kClocksApart{5};
constexpr std::chrono::milliseconds kLookPause{1'000};
constexpr const char* kTableNotFound = "TABLE_OR_VIEW_NOT_FOUND";
constexpr const char* kDeltaTableNotFound = "DELTA_TABLE_NOT_FOUND";

std::string since_filter(WallClock::time_point since) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>((since - kClocksApart).time_since_epoch()).count();
  return "&filter_by.query_start_time_range.start_time_ms=" + std::to_string(ms);
}

bool is_running(const std::string& status) { return status != "FINISHED" && status != "FAILED" && status != "CANCELED"; }

std::optional<Recorded> recorded_in(const Json& row) {
  const auto mark = read_mark(text_of(row, "query_text"));
  if (!mark) return std::nullopt;
  return Recorded{text_of(row, "query_id"), mark->first, mark->second, is_running(text_of(row, "status"))};
}

/// Calls `take` with each row, the newest first, until it returns false.
template <typename Take>
Result<void> each_query(Client& client, const std::string& filter, const Take& take) {
  std::string token;
  for (int page = 0; page < kMostPages; ++page) {
    const Result<Json> json = client.get(std::string(kQueries) + "?max_results=" + std::to_string(kPage) + filter +
                                         (token.empty() ? "" : "&page_token=" + http::percent_encoded(token)));
    if (!json) return fail(json.error());
    const auto rows = json->is_object() ? json->find("res") : json->end();
    if (rows != json->end() && rows->is_array()) {
      for (const Json& row : *rows) {
        if (!take(row)) return {};
      }
    }
    token = text_of(*json, "next_page_token");
    if (token.empty()) return {};
  }
  return fail(ErrorKind::permanent, "the query history of the SQL warehouse has too many statements to look through");
}

std::string of_warehouse(const Client& client) { return "&filter_by.warehouse_ids=" + client.target().warehouse; }

/// A commit as DESCRIBE HISTORY tells it.
struct Commit {
  std::string statement;  ///< Empty: not told.
  std::optional<std::int64_t> rows;
};

struct Commits {
  bool are_told = true;  ///< False: the table keeps no history that names statements.
  bool are_all = true;   ///< False: there were more before these.
  std::vector<Commit> newest_first;
};

std::optional<std::int64_t> rows_in(const std::string& metrics) {
  const Json json = Json::parse(metrics, nullptr, false);
  const std::string rows = text_of(json, "numOutputRows");
  if (rows.empty()) return std::nullopt;
  return std::strtoll(rows.c_str(), nullptr, 10);
}

/// No commits where there is no such table.
Result<Commits> commits_of(Client& client, const std::string& table, std::optional<WallClock::time_point> since) {
  const Result<Statement> history = client.ask("describe history " + table + " limit " + std::to_string(kMostCommits), kMostCommits);
  Commits commits;
  if (!history) {
    const std::string& code = history.error().vendor_code;
    if (code == kTableNotFound || code == kDeltaTableNotFound) return commits;
    return fail(history.error());
  }
  const auto place = [&](std::string_view name) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < history->columns.size(); ++i) {
      if (history->columns[i].name == name) return i;
    }
    return std::nullopt;
  };
  const auto statement = place("queryHistoryStatementId");
  const auto moment = place("timestamp");
  const auto metrics = place("operationMetrics");
  commits.are_told = statement && moment && metrics;
  if (!commits.are_told) return commits;
  const std::string from =
      since ? connectors::text_of_timestamp(
                  std::chrono::duration_cast<std::chrono::seconds>((*since - kClocksApart).time_since_epoch()).count(), 1)
            : std::string();
  for (const connectors::Row& row : history->rows) {
    // Both are ISO texts.
    if (row[*moment].value_or("") < from) return commits;
    commits.newest_first.push_back({row[*statement].value_or(""), rows_in(row[*metrics].value_or(""))});
  }
  commits.are_all = history->rows.size() < kMostCommits;
  return commits;
}

}  // namespace

Result<std::optional<Recorded>> recorded(Client& client, const std::string& token, WallClock::time_point since) {
  std::optional<Recorded> found;
  const auto take = [&](const Json& row) {
    std::optional<Recorded> one = recorded_in(row);
    if (one && one->token == token && (!found || found->statement < one->statement)) found = std::move(one);
    return true;
  };
  // On whatever warehouse it was started: the connection may name another by now.
  if (const Result<void> read = each_query(client, since_filter(since), take); !read) return fail(read.error());
  return found;
}

Result<std::optional<Recorded>> recorded_by_now(Client& client, const std::string& token, WallClock::time_point since) {
  const auto deadline = Clock::now() + client.target().history_lag;
  while (true) {
    auto found = recorded(client, token, since);
    if (!found || *found || Clock::now() >= deadline) return found;
    std::this_thread::sleep_for(std::min<Clock::duration>(kLookPause, deadline - Clock::now()));
  }
}

Result<std::vector<Recorded>> running(Client& client) {
  std::vector<Recorded> all;
  std::string filter = of_warehouse(client);
  for (const char* status : {"QUEUED", "STARTED", "COMPILING", "COMPILED", "RUNNING"})
    filter += std::string("&filter_by.statuses=") + status;
  const auto take = [&](const Json& row) {
    if (std::optional<Recorded> one = recorded_in(row)) all.push_back(*std::move(one));
    return true;
  };
  if (const Result<void> read = each_query(client, filter, take); !read) return fail(read.error());
  return all;
}

Told told(Client& client, const std::string& id) {
  Told told;
  each_query(client, "&include_metrics=true&filter_by.statement_ids=" + id, [&](const Json& row) {
    const auto metrics = row.find("metrics");
    if (metrics == row.end() || !metrics->is_object()) return false;
    if (const std::string bytes = text_of(*metrics, "read_bytes"); !bytes.empty()) told.bytes = std::strtoll(bytes.c_str(), nullptr, 10);
    told.time = std::chrono::milliseconds(std::strtoll(text_of(*metrics, "total_time_ms").c_str(), nullptr, 10));
    return false;
  });
  return told;
}

Result<Landed> has_landed(Client& client, const std::string& table, const std::string& id) {
  const Result<Commits> commits = commits_of(client, table, std::nullopt);
  if (!commits) return fail(commits.error());
  Landed landed;
  if (!commits->are_told) return landed;
  bool are_named = true;
  for (const Commit& commit : commits->newest_first) {
    if (commit.statement == id) return Landed{Landed::Answer::yes, commit.rows};
    are_named = are_named && !commit.statement.empty();
  }
  if (commits->are_all && are_named) landed.answer = Landed::Answer::no;
  return landed;
}

Result<Landed> has_landed_since(Client& client, const std::string& table, const std::string& token, WallClock::time_point since) {
  const Result<Commits> commits = commits_of(client, table, since);
  if (!commits) return fail(commits.error());
  Landed landed;
  if (!commits->are_told || !commits->are_all) return landed;
  for (const Commit& commit : commits->newest_first) {
    if (commit.statement.empty()) return landed;
    bool is_known = false;
    bool is_ours = false;
    const Result<void> read =
        each_query(client, "&filter_by.statement_ids=" + http::percent_encoded(commit.statement), [&](const Json& row) {
          is_known = true;
          const std::optional<Recorded> one = recorded_in(row);
          is_ours = one && one->token == token;
          return false;
        });
    if (!read) return fail(read.error());
    if (is_ours) return Landed{Landed::Answer::yes, commit.rows};
    if (!is_known) return landed;
  }
  landed.answer = Landed::Answer::no;
  return landed;
}

}  // namespace penstock::databricks
