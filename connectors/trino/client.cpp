#include "connectors/trino/client.h"

#include <nlohmann/json.hpp>

namespace penstock::trino {

using Clock = std::chrono::steady_clock;

namespace {

// A statement that could not be handed over is the caller's to send again later; a query that runs is not.
constexpr std::chrono::milliseconds kPostRepeated{2'000};

constexpr std::size_t kMostPages = 10'000;

constexpr int kOk = 200;

/// Header values are printable ASCII.
std::string header_text(const std::string& text) {
  std::string out;
  for (char c : text) out += c >= ' ' && c <= '~' ? c : '?';
  return out;
}

constexpr std::string_view kAccessDenied = "io.trino.spi.security.AccessDeniedException";

bool is_gone(int status) { return status == 404 || status == 410; }

}  // namespace

Client::Client(const Target& target) : target_(target), http_(target.endpoint, target.credential) {}

http::Headers Client::identity() const { return {{"X-Trino-User", header_text(target_.user)}}; }

Result<http::Answer> Client::send(http::Request request) {
  const http::Headers mine = identity();
  request.headers.insert(mine.begin(), mine.end());
  request.wants_body = request.method != "DELETE";
  return http_.ask(request);
}

Result<Page> Client::to_page(const Result<http::Answer>& answer) const {
  if (!answer) return fail(answer.error());
  if (answer->status == kOk) return parse_page(answer->body, target_.endpoint->url.origin());
  Error error = http_.refusal(*answer);
  // Trino 476 answers so where a role is not the user's.
  if (answer->status == 500 && answer->body.rfind(kAccessDenied, 0) == 0) {
    error.kind = ErrorKind::permission;
    error.hint = "check `role` and `user` of the connection";
  }
  if (answer->status == 403) error.hint = "the server wants HTTPS for a login, or does not let this user in, or not in this `role`";
  return fail(std::move(error));
}

Result<Page> Client::post(const std::string& statement, const connectors::Token* token, std::chrono::milliseconds timeout,
                          const std::map<std::string, std::string, std::less<>>& compute) {
  http::Request request;
  request.method = "POST";
  request.path = "/v1/statement";
  request.body = statement;
  request.content_type = "text/plain; charset=utf-8";
  request.repeated_for = kPostRepeated;
  http::Headers& headers = request.headers;
  headers.emplace("X-Trino-Time-Zone", "UTC");
  headers.emplace("X-Trino-Client-Capabilities", "PARAMETRIC_DATETIME");
  headers.emplace("X-Trino-Source", token == nullptr ? "penstock" : header_text("penstock:" + token->id));
  std::string tags = target_.client_tags;
  std::string session = target_.session_properties;
  if (const auto own = compute.find("client_tags"); own != compute.end()) tags = own->second;
  if (const auto own = compute.find("session_properties"); own != compute.end()) {
    std::optional<std::string> header = session_header(own->second);
    if (!header) {
      return fail(ErrorKind::invalid_input, "`session_properties` of the compute is not understood",
                  "expected name=value or catalog.name=value, with commas");
    }
    session = *std::move(header);
  }
  if (token != nullptr) {
    headers.emplace("X-Trino-Trace-Token", header_text(token->id));
    headers.emplace("X-Trino-Client-Info",
                    header_text("run=" + token->run_id + " step=" + token->step + " attempt=" + std::to_string(token->attempt)));
    tags += (tags.empty() ? "" : ",") + std::string("penstock");
  }
  if (timeout.count() > 0) {
    // The server's own limit holds when nobody follows the query; a second later than ours, which is exact.
    session += (session.empty() ? "" : ",") + std::string("query_max_run_time=") + std::to_string(timeout.count() / 1000 + 2) + "s";
  }
  if (!tags.empty()) headers.emplace("X-Trino-Client-Tags", header_text(tags));
  if (!session.empty()) headers.emplace("X-Trino-Session", header_text(session));
  if (!target_.roles.empty()) headers.emplace("X-Trino-Role", target_.roles);
  if (!target_.catalog.empty()) headers.emplace("X-Trino-Catalog", header_text(target_.catalog));
  if (!target_.schema.empty()) headers.emplace("X-Trino-Schema", header_text(target_.schema));
  return to_page(send(std::move(request)));
}

Result<Page> Client::get(const std::string& path) { return to_page(send({"GET", path})); }

Result<void> Client::stop(const std::string& path, const std::string& query_id, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  for (const std::string& target : {path, "/v1/query/" + query_id}) {
    if (target.empty()) continue;
    http::Request request{"DELETE", target};
    request.patience = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const Result<http::Answer> answer = send(std::move(request));
    if (!answer) return fail(answer.error());
    // A query that has ended or was never started is unknown to one of the two.
    if (answer->status >= 300 && !is_gone(answer->status)) return fail(http_.refusal(*answer));
  }
  return {};
}

Result<bool> Client::has_ended(const std::string& query_id) {
  const Result<http::Answer> answer = send({"GET", "/v1/query/" + query_id + "?pruned=true"});
  if (!answer) return fail(answer.error());
  if (is_gone(answer->status)) return true;
  if (answer->status != kOk) return fail(http_.refusal(*answer));
  const Result<nlohmann::json> json = http_.json_of(*answer);
  if (!json) return fail(json.error());
  const auto state = json->is_object() ? json->find("state") : json->end();
  if (state == json->end()) return fail(ErrorKind::permanent, "Trino's account of a query cannot be read");
  const auto final_info = json->find("finalQueryInfo");
  return (*state == "FINISHED" || *state == "FAILED") && (final_info == json->end() || *final_info == true);
}

Result<std::vector<connectors::Row>> Client::ask(const std::string& statement, QueryError* error) {
  Result<Page> page = post(statement, nullptr, std::chrono::milliseconds(0));
  std::vector<connectors::Row> rows;
  for (std::size_t count = 0; page && count < kMostPages; ++count) {
    rows.insert(rows.end(), page->rows.begin(), page->rows.end());
    if (page->error) {
      if (error != nullptr) *error = *page->error;
      Error failed{kind_of(*page->error), redacted(page->error->message), hint_of(*page->error), "", page->error->name, -1};
      return fail(std::move(failed));
    }
    if (page->next.empty()) return rows;
    page = get(page->next);
  }
  return page ? Result<std::vector<connectors::Row>>(std::move(rows)) : fail(page.error());
}

}  // namespace penstock::trino
