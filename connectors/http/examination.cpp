#include "connectors/http/examination.h"

#include <cstdlib>

namespace penstock::http {

namespace {

using connectors::Observation;

// A login by token, and a certificate's time, are judged by the clock; what HTTP dates and the way cost is far less.
constexpr std::chrono::seconds kWrongClock{60};
constexpr std::chrono::hours kSoon{14 * 24};

std::string listed(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + text;
  return list;
}

std::string told(const Peer& peer, std::chrono::system_clock::time_point now) {
  std::string text = peer.protocol;
  for (const Certificate& certificate : peer.chain) {
    text += (&certificate == &peer.chain.front() ? ", " : "; ") + certificate.subject + " issued by " + certificate.issuer + ", until " +
            text_of(certificate.expires);
    if (certificate.expires - now < kSoon) text += " (soon)";
  }
  return text;
}

Observation clock_of(const Answer& answer, std::chrono::system_clock::time_point now) {
  const auto theirs = http_date(answer.header("date"));
  if (!theirs) return {"clock", "the server does not tell its own", std::nullopt};
  const auto apart = std::chrono::duration_cast<std::chrono::seconds>(now - *theirs).count();
  const std::string text = std::to_string(std::abs(apart)) + " s " + (apart < 0 ? "behind" : "ahead of") + " the server's";
  if (std::abs(apart) < kWrongClock.count()) return {"clock", std::abs(apart) <= 1 ? "as the server's" : text, std::nullopt};
  return {"clock", text,
          Error{ErrorKind::refused, "this machine's clock is " + text, "logins by token fail: let both follow a time server", "", "", -1}};
}

}  // namespace

bool append(std::vector<Observation>& to, std::vector<Observation> more, const std::string& prefix) {
  bool goes_on = true;
  for (Observation& one : more) {
    goes_on = goes_on && (!one.fault || one.what == "clock");
    one.what = prefix + one.what;
    to.push_back(std::move(one));
  }
  return goes_on;
}

std::string destination(const Endpoint& endpoint) {
  return endpoint.proxy ? endpoint.proxy->host + ":" + std::to_string(endpoint.proxy->port) : endpoint.url.authority();
}

std::vector<Observation> examine_way(const std::shared_ptr<const Endpoint>& endpoint, const std::string& path) {
  Client client(endpoint, make_fixed(""));
  Request request{"GET", path};
  request.repeated_for = std::chrono::milliseconds(0);
  const Result<Answer> answer = client.ask(request);
  const auto now = std::chrono::system_clock::now();
  const Way& way = client.way();
  std::vector<Observation> observations;
  const auto add = [&](std::string what, bool is_there, std::string found) {
    std::optional<Error> fault;
    if (!is_there) fault = answer ? Error{} : answer.error();
    observations.push_back({std::move(what), std::move(found), std::move(fault)});
    return is_there;
  };
  const std::string host = endpoint->proxy ? "the proxy " + endpoint->proxy->host + " of " + endpoint->proxy->named_by : endpoint->url.host;
  if (!add("address", !way.addresses.empty(), host + " is " + listed(way.addresses))) return observations;
  if (!add("connection", !way.address.empty(), way.address + " answers at " + destination(*endpoint))) return observations;
  if (endpoint->tls != nullptr && !add("TLS", way.peer.has_value(), way.peer ? told(*way.peer, now) : "")) return observations;
  if (!add("answer", answer.has_value(), answer ? "HTTP status " + std::to_string(answer->status) : "")) return observations;
  observations.push_back(clock_of(*answer, now));
  return observations;
}

}  // namespace penstock::http
