#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "connectors/postgres/quote.h"
#include "connectors/postgres/wire.h"

namespace penstock::postgres {

namespace {

constexpr const char* kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";

struct Keyword {
  const char* setting;
  const char* libpq;
};
constexpr std::array<Keyword, 9> kKeywords = {{{"host", "host"},
                                               {"port", "port"},
                                               {"user", "user"},
                                               {"password", "password"},
                                               {"database", "dbname"},
                                               {"sslmode", "sslmode"},
                                               {"sslrootcert", "sslrootcert"},
                                               {"sslcert", "sslcert"},
                                               {"sslkey", "sslkey"}}};

struct OptionsDeleter {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

/// Takes the parts of `url`. A password may stand in it only when the whole url came by reference.
Result<void> take_url(const connectors::Settings& settings, std::map<std::string, std::string>& parameters,
                      std::vector<std::string>& secrets) {
  const std::string url = connectors::text_of(settings, "url");
  if (url.empty()) return {};
  const std::string where = "connection \"" + settings.name + "\": `url` ";
  const std::unique_ptr<PQconninfoOption, OptionsDeleter> options(PQconninfoParse(url.c_str(), nullptr));
  const bool shaped = url.rfind("postgresql://", 0) == 0 || url.rfind("postgres://", 0) == 0;
  if (options == nullptr || !shaped) {
    return fail(ErrorKind::invalid_input, where + "cannot be understood", "expected postgresql://user@host:port/database");
  }
  const bool by_reference = std::find(settings.secrets.begin(), settings.secrets.end(), url) != settings.secrets.end();
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    if (std::string_view(option->keyword) == "service") {
      return fail(ErrorKind::invalid_input, where + "names a service, whose file is not read", "write what it says into the connection");
    }
    const bool secret = std::string_view(option->keyword) == "password";
    if (secret && !by_reference) {
      return fail(ErrorKind::invalid_input, where + "holds a password",
                  "give `password` as a reference of its own: env:NAME, file:PATH, cmd:COMMAND");
    }
    if (secret) secrets.emplace_back(option->val);
    parameters[option->keyword] = option->val;
  }
  return {};
}

/// libpq takes these from the environment where they are not given, so they are judged with the rest.
void take_defaults(std::map<std::string, std::string>& parameters) {
  const std::unique_ptr<PQconninfoOption, OptionsDeleter> options(PQconndefaults());
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    const bool leads = keyword == "host" || keyword == "hostaddr" || keyword == "port";
    if (leads && option->val != nullptr) parameters.emplace(keyword, option->val);
  }
}

std::vector<std::string> list_of(const std::map<std::string, std::string>& parameters, const char* keyword) {
  const auto found = parameters.find(keyword);
  std::vector<std::string> list;
  if (found == parameters.end() || found->second.empty()) return list;
  std::size_t begin = 0;
  for (std::size_t comma = 0; comma != std::string::npos; begin = comma + 1) {
    comma = found->second.find(',', begin);
    list.push_back(found->second.substr(begin, comma == std::string::npos ? comma : comma - begin));
  }
  return list;
}

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (std::size_t i = 0; i < list.size(); ++i) text += (i == 0 ? "" : ",") + list[i];
  return text;
}

bool is_socket(const std::string& host) { return host.empty() || host[0] == '/' || host[0] == '@'; }

/// Replaces the hosts by their addresses, so that those are connected to which were judged. Whether all of them are here.
bool take_addresses(std::map<std::string, std::string>& parameters, const connectors::LookUp& look_up) {
  const std::vector<std::string> hosts = list_of(parameters, "host");
  const std::vector<std::string> given = list_of(parameters, "hostaddr");
  const std::vector<std::string> ports = list_of(parameters, "port");
  const std::size_t count = std::max<std::size_t>({1, hosts.size(), given.size()});
  const auto fits = [count](const std::vector<std::string>& list) { return list.empty() || list.size() == count; };
  // libpq says what is wrong with them.
  if (!fits(hosts) || !fits(given) || (ports.size() > 1 && !fits(ports))) return false;
  std::vector<std::string> new_hosts;
  std::vector<std::string> new_addresses;
  std::vector<std::string> new_ports;
  bool all_here = true;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string host = hosts.empty() ? std::string() : hosts[i];
    const std::string address = given.empty() ? std::string() : given[i];
    std::vector<std::string> addresses{address};
    if (!address.empty() || !is_socket(host)) {
      if (address.empty()) addresses = look_up(host);
      all_here = connectors::are_here(addresses) && all_here;
      // libpq says why it has none.
      if (addresses.empty()) addresses.emplace_back();
    }
    for (const std::string& one : addresses) {
      new_hosts.push_back(host);
      new_addresses.push_back(one);
      if (ports.size() > 1) new_ports.push_back(ports[i]);
    }
  }
  parameters["host"] = joined(new_hosts);
  parameters["hostaddr"] = joined(new_addresses);
  if (ports.size() > 1) parameters["port"] = joined(new_ports);
  return all_here;
}

}  // namespace

Result<Target> make_target(const connectors::Settings& settings) {
  const Result<void> keys =
      connectors::check_keys(settings, {"url", "host", "port", "user", "password", "database", "sslmode", "sslrootcert", "sslcert",
                                        "sslkey", "connect_timeout", "patience", "lock_timeout"});
  if (!keys) return fail(keys.error());
  Target target;
  connectors::Settings known = settings;
  const Result<void> url = take_url(settings, target.parameters, known.secrets);
  if (!url) return fail(url.error());
  target.redact = connectors::Redactor(known);
  for (const Keyword& keyword : kKeywords) {
    const std::string value = connectors::text_of(settings, keyword.setting);
    if (!value.empty()) target.parameters[keyword.libpq] = value;
  }
  take_defaults(target.parameters);
  target.parameters["fallback_application_name"] = "penstock";
  target.parameters["client_encoding"] = "UTF8";
  // A peer that vanished is noticed within a minute, unless the url says otherwise.
  target.parameters.insert(
      {{"keepalives_idle", "30"}, {"keepalives_interval", "10"}, {"keepalives_count", "3"}, {"tcp_user_timeout", "60000"}});

  const auto connect_timeout = connectors::duration_of(settings, "connect_timeout", std::chrono::seconds(10));
  if (!connect_timeout) return fail(connect_timeout.error());
  target.connect_timeout = *connect_timeout;
  const auto patience = connectors::duration_of(settings, "patience", target.patience);
  if (!patience) return fail(patience.error());
  target.patience = *patience;
  const auto lock_timeout = connectors::duration_of(settings, "lock_timeout", std::chrono::seconds(30));
  if (!lock_timeout) return fail(lock_timeout.error());

  // Nothing may be sent to the client in the middle of a unit: when the client is dead the send fails, and the server rolls back
  // (facts: PostgreSQL 15.20, tried with SIGKILL of the client on 2026-11-21). Warnings are such a thing, so only errors remain.
  target.session_settings = {"SET client_min_messages = error",
                             "SET standard_conforming_strings = on",
                             "SET TimeZone = 'UTC'",
                             "SET DateStyle = 'ISO, YMD'",
                             "SET IntervalStyle = 'postgres'",
                             "SET bytea_output = 'hex'",
                             "SET extra_float_digits = 1",
                             "SET lock_timeout = " + std::to_string(lock_timeout->count())};
  if (settings.read_only) target.session_settings.emplace_back("SET default_transaction_read_only = on");
  if (!settings.schema.empty()) target.session_settings.push_back("SET search_path = " + quoted_name(settings.schema));
  return target;
}

// What leaves this machine is encrypted and the server's certificate is checked, unless the connection says otherwise.
std::map<std::string, std::string> resolved(const Target& target, const connectors::LookUp& look_up) {
  std::map<std::string, std::string> parameters = target.parameters;
  const bool is_here = take_addresses(parameters, look_up);
  if (parameters.count("sslmode") == 0) parameters["sslmode"] = is_here ? "prefer" : "verify-full";
  const bool verifies = parameters["sslmode"].rfind("verify-", 0) == 0;
  if (verifies && parameters.count("sslrootcert") == 0 && access(kSystemCertificates, R_OK) == 0) {
    parameters["sslrootcert"] = kSystemCertificates;
  }
  return parameters;
}

}  // namespace penstock::postgres
