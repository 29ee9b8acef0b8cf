#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "connectors/bigquery/job.h"
#include "connectors/bigquery/target.h"
#include "connectors/http/client.h"

namespace penstock::bigquery {

/// How an announcement came through.
struct Insertion {
  enum class State {
    begun,    ///< `job` as it was then.
    known,    ///< There is a job of that id already, or the answer cannot be read: ask for it.
    refused,  ///< No job was made; `error` says why.
    unsure,   ///< `error` is the last that was heard, but an earlier one of the same id may have arrived.
  };
  State state = State::refused;
  Job job;
  Error error;
};

/// Speaks BigQuery's REST API v2. What failed on the way is asked again with growing pauses until the endpoint's patience is over; so is an
/// announcement, because an id makes one job and no second. Errors not_found: the API has no such thing; unavailable, unauthenticated,
/// throttled and those of errors.h. One thread at a time.
class Client {
 public:
  using Query = std::map<std::string, std::string>;

  explicit Client(const Target& target);

  /// Makes the job that `body` announces, and tells what became of it. `statement` is what a place in an error counts in.
  Insertion insert(const nlohmann::json& body, const std::string& statement);

  Result<Job> job(const JobName& name);

  /// Tells a job to stop, which may take a while. One that has ended or never was is no error.
  Result<void> cancel(const JobName& name);

  /// Analyses a statement and estimates what it reads: jobs.insert's answer to a dry run.
  Result<nlohmann::json> analyse(const std::string& statement, const std::string& location);

  /// A page of anything. `path` is what stands behind "/bigquery/v2/projects/", encoded.
  Result<nlohmann::json> get(const std::string& path, const Query& query = {});

  /// Foreign text without secrets.
  std::string redacted(const std::string& text) const { return http_.redacted(text); }

  /// Of a job that has ended without success.
  Error error_of(const ApiError& error, const std::string& statement) const { return to_error(error, redacted(error.message), statement); }

 private:
  Result<nlohmann::json> ask(const http::Request& request, const std::string& statement = {});
  Error refusal(const http::Answer& answer, const ApiError& error, const std::string& statement) const;

  const Target& target_;
  http::Client http_;
};

/// A path below "/bigquery/v2/projects/": its parts are encoded.
std::string path_of(const std::vector<std::string>& parts);

/// Where jobs run: the connection's `location`, or its dataset's, or US, which is BigQuery's own where neither is told. Any thread.
class Location {
 public:
  Result<std::string> get(const Target& target, Client& client);

 private:
  std::mutex mutex_;
  std::string known_;  ///< Guarded by mutex_.
};

}  // namespace penstock::bigquery
