#include "connectors/databricks/client.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "pipelines/base/error.h"

namespace penstock::databricks {

namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{2'000};
// A statement that could not be handed over is the caller's to send again later.
constexpr std::chrono::milliseconds kPostRepeated{2'000};
// A warehouse that has to start may take minutes.
constexpr std::chrono::minutes kAskPatience{15};
// Inline results end at 25 MiB; one that is cut is better than one that is refused.
constexpr std::int64_t kMostBytes = 24LL * 1024 * 1024;
constexpr std::size_t kLongestTag = 128;

/// A token that is not known gives 403 with a number in the place of the code.
bool is_unknown_token(const http::Answer& answer) {
  return answer.status == 403 && text_of(Json::parse(answer.body, nullptr, false), "error_code") == "403";
}

Json tag(const char* key, const std::string& value) { return {{"key", key}, {"value", value.substr(0, kLongestTag)}}; }

}  // namespace

Client::Client(const Target& target) : target_(target), http_(target.endpoint, target.credential, {is_unknown_token, nullptr}) {}

Error Client::refusal(const http::Answer& answer) const {
  Error error = http_.refusal(answer);
  const Json json = Json::parse(answer.body, nullptr, false);
  const std::string code = text_of(json, "error_code");
  if (code.empty()) return error;
  if (is_unknown_token(answer)) {
    error.kind = ErrorKind::unauthenticated;
    error.hint = target_.endpoint->login_hint;
  } else if (const connectors::VendorError* entry = connectors::find_error(error_catalogue(), code); entry != nullptr) {
    if (answer.status != 401 && answer.status != 404) error.kind = entry->kind;
    if (error.hint.empty()) error.hint = entry->advice;
  }
  error.vendor_code = code;
  error.message = "Databricks refuses: " + http_.redacted(text_of(json, "message"));
  return error;
}

Result<Json> Client::send(http::Request request) {
  request.headers.emplace("Accept", "application/json");
  request.headers.emplace("User-Agent", "penstock");
  if (!request.body.empty()) request.content_type = "application/json";
  request.wants_body = true;
  const bool is_repeatable = request.is_repeatable;
  const Result<http::Answer> answer = http_.ask(request);
  if (!answer) return fail(answer.error());
  if (answer->status == 200) return http_.json_of(*answer);
  Error error = refusal(*answer);
  if (answer->status >= 500 && !is_repeatable) {
    error.kind = ErrorKind::in_doubt;
    error.message += "; whether it has taken the request is not known";
  }
  return fail(std::move(error));
}

Result<Statement> Client::execute(const Execution& execution) {
  Json body = {{"statement", execution.text},
               {"warehouse_id", execution.warehouse.empty() ? target_.warehouse : execution.warehouse},
               {"wait_timeout", "0s"},
               {"disposition", "INLINE"},
               {"format", "JSON_ARRAY"}};
  if (!target_.catalog.empty()) body["catalog"] = target_.catalog;
  if (!target_.schema.empty()) body["schema"] = target_.schema;
  if (execution.most_rows) {
    body["row_limit"] = *execution.most_rows;
    body["byte_limit"] = kMostBytes;
  }
  if (const connectors::Token* token = execution.token; token != nullptr) {
    body["query_tags"] = {tag("penstock", token->id), tag("penstock_run", token->run_id), tag("penstock_step", token->step),
                          tag("penstock_attempt", std::to_string(token->attempt))};
  }
  http::Request request{"POST", "/api/2.0/sql/statements"};
  request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  request.is_repeatable = execution.is_repeatable;
  request.repeated_for = kPostRepeated;
  const Result<Json> json = send(std::move(request));
  return json ? to_statement(*json) : fail(json.error());
}

Result<Statement> Client::statement(const std::string& id) {
  const Result<Json> json = get("/api/2.0/sql/statements/" + id);
  return json ? to_statement(*json) : fail(json.error());
}

Result<void> Client::take_rows(Statement& statement, std::size_t most) {
  while (statement.next_chunk && statement.rows.size() < most) {
    const Result<Json> json = get("/api/2.0/sql/statements/" + statement.id + "/result/chunks/" + std::to_string(*statement.next_chunk));
    if (!json) return fail(json.error());
    if (const Result<void> taken = take_chunk(*json, statement); !taken) return taken;
  }
  return {};
}

Result<void> Client::cancel(const std::string& id) {
  const Result<Json> json = send({"POST", "/api/2.0/sql/statements/" + id + "/cancel"});
  if (!json) return fail(json.error());
  return {};
}

Result<Json> Client::get(const std::string& path, std::optional<std::chrono::milliseconds> repeated_for) {
  http::Request request{"GET", path};
  request.repeated_for = repeated_for;
  return send(std::move(request));
}

Result<Statement> Client::ask(const std::string& question, std::size_t most) {
  Execution execution;
  execution.text = question;
  execution.most_rows = most;
  execution.is_repeatable = true;
  Result<Statement> statement = execute(execution);
  const auto deadline = Clock::now() + kAskPatience;
  for (auto pause = kFirstPause; statement && !statement->has_ended(); pause = std::min(pause * 2, kLongestPause)) {
    if (Clock::now() >= deadline) {
      cancel(statement->id);
      return fail(ErrorKind::timed_out, "the SQL warehouse " + target_.warehouse + " has not answered",
                  "look at the warehouse: it may not start, or have a long queue");
    }
    std::this_thread::sleep_for(pause);
    statement = this->statement(statement->id);
  }
  if (!statement) return statement;
  if (statement->error) return fail(to_error(*this, *statement->error, question, 0));
  if (statement->state != Statement::State::succeeded) return fail(ErrorKind::transient, "a question to Databricks was cancelled there");
  if (const Result<void> taken = take_rows(*statement, most); !taken) return fail(taken.error());
  return statement;
}

Error to_error(const Client& client, const StatementError& error, const std::string& statement, int lines_before) {
  Error told;
  told.kind = kind_of(error);
  told.message = client.redacted(error.message.empty() ? error.condition + error.code : error.message);
  told.hint = hint_of(error);
  told.sqlstate = error.sqlstate;
  told.vendor_code = error.condition.empty() ? error.code : error.condition;
  told.statement_offset = connectors::offset_of(statement, error.line - lines_before, error.column);
  return told;
}

}  // namespace penstock::databricks
