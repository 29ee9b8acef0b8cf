#include "connectors/bigquery/client.h"

#include <algorithm>
#include <thread>

#include "connectors/bigquery/announcement.h"

namespace penstock::bigquery {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

namespace {

constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{5'000};
constexpr int kDuplicate = 409;
constexpr int kNotFound = 404;
constexpr const char* kRoot = "/bigquery/v2/projects/";
constexpr const char* kDefaultLocation = "US";

bool is_success(int status) { return status >= 200 && status < 300; }

ApiError read_error(const http::Answer& answer) { return error_of_answer(answer.status, Json::parse(answer.body, nullptr, false)); }

bool is_passing_answer(const http::Answer& answer) { return !is_success(answer.status) && is_passing(read_error(answer)); }

std::string encoded(const Client::Query& query) {
  std::string text;
  for (const auto& [name, value] : query) text += (text.empty() ? "?" : "&") + name + "=" + http::percent_encoded(value);
  return text;
}

http::Request post(const std::string& path, const Json& body) {
  http::Request request;
  request.method = "POST";
  request.path = kRoot + path;
  request.content_type = "application/json";
  request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return request;
}

}  // namespace

std::string path_of(const std::vector<std::string>& parts) {
  std::string path;
  for (const std::string& part : parts) path += (path.empty() ? "" : "/") + http::percent_encoded(part);
  return path;
}

Client::Client(const Target& target) : target_(target), http_(target.endpoint, target.credential, {nullptr, is_passing_answer}) {}

Error Client::refusal(const http::Answer& answer, const ApiError& error, const std::string& statement) const {
  // Somebody else has answered, or BigQuery before it looked at the request.
  if (error.reason.empty() || answer.status == 401) {
    Error own = http_.refusal(answer);
    if (own.kind == ErrorKind::not_found) own.kind = ErrorKind::permanent;
    return own;
  }
  return error_of(error, statement);
}

Result<Json> Client::ask(const http::Request& request, const std::string& statement) {
  const Result<http::Answer> answer = http_.ask(request);
  if (!answer) return fail(answer.error());
  if (is_success(answer->status)) return http_.json_of(*answer);
  const ApiError error = read_error(*answer);
  Error told = refusal(*answer, error, statement);
  if (answer->status == kNotFound && error.reason == "notFound" && statement.empty()) told.kind = ErrorKind::not_found;
  return fail(std::move(told));
}

Insertion Client::insert(const Json& body, const std::string& statement) {
  http::Request request = post(path_of({target_.project, "jobs"}), body);
  // Not by the client below: it would not tell that an earlier one may have arrived.
  request.is_repeatable = false;
  Insertion insertion;
  bool may_have_arrived = false;
  const auto end = [&](Error error) {
    insertion.state = may_have_arrived ? Insertion::State::unsure : Insertion::State::refused;
    insertion.error = std::move(error);
    return insertion;
  };
  const auto deadline = Clock::now() + target_.endpoint->patience;
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    request.patience = std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()), kFirstPause);
    const Result<http::Answer> answer = http_.ask(request);
    if (answer && is_success(answer->status)) {
      const Result<Json> json = http_.json_of(*answer);
      const Result<Job> job = json ? parse_job(*json) : fail(json.error());
      insertion.state = job ? Insertion::State::begun : Insertion::State::known;
      if (job) insertion.job = *job;
      return insertion;
    }
    const ApiError error = answer ? read_error(*answer) : ApiError();
    if (error.status == kDuplicate) {
      insertion.state = Insertion::State::known;
      return insertion;
    }
    const bool is_without_answer = !answer && answer.error().kind == ErrorKind::in_doubt;
    may_have_arrived = may_have_arrived || is_without_answer || error.status >= 500;
    const bool may_repeat = answer ? is_passing(error) : is_without_answer;
    if (!may_repeat || Clock::now() + pause >= deadline) return end(answer ? refusal(*answer, error, statement) : answer.error());
    std::this_thread::sleep_for(pause);
  }
}

Result<Job> Client::job(const JobName& name) {
  const Result<Json> json =
      get(path_of({name.project, "jobs", name.id}), {{"location", name.location}, {"fields", std::string(kJobFields)}});
  return json ? parse_job(*json) : fail(json.error());
}

Result<void> Client::cancel(const JobName& name) {
  http::Request request = post(path_of({name.project, "jobs", name.id, "cancel"}) + encoded({{"location", name.location}}), Json::object());
  const Result<Json> json = ask(request);
  if (json || json.error().kind == ErrorKind::not_found) return {};
  return fail(json.error());
}

Result<Json> Client::analyse(const std::string& statement, const std::string& location) {
  return ask(post(path_of({target_.project, "jobs"}), dry_run(target_, location, statement)), statement);
}

Result<Json> Client::get(const std::string& path, const Query& query) { return ask({"GET", kRoot + path + encoded(query)}); }

Result<std::string> Location::get(const Target& target, Client& client) {
  if (!target.location.empty()) return target.location;
  if (target.dataset.empty()) return std::string(kDefaultLocation);
  const std::lock_guard lock(mutex_);
  if (!known_.empty()) return known_;
  const Result<Json> dataset = client.get(path_of({target.table_project, "datasets", target.dataset}), {{"fields", "location"}});
  // The dataset may be made by the first statement.
  if (!dataset && dataset.error().kind == ErrorKind::not_found) return std::string(kDefaultLocation);
  if (!dataset) return fail(dataset.error());
  const auto found = dataset->is_object() ? dataset->find("location") : dataset->end();
  known_ = found != dataset->end() && found->is_string() ? found->get<std::string>() : kDefaultLocation;
  return known_;
}

}  // namespace penstock::bigquery
