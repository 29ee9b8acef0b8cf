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

bool is_local(const std::string& host) {
  return host.empty() || host[0] == '/' || host == "localhost" || host == "127.0.0.1" || host == "::1";
}

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

// What leaves this machine is encrypted and the server's certificate is checked, unless the connection says otherwise.
void secure(std::map<std::string, std::string>& parameters) {
  const std::string host = parameters.count("host") > 0 ? parameters["host"] : std::string();
  if (parameters.count("sslmode") == 0) parameters["sslmode"] = is_local(host) ? "prefer" : "verify-full";
  const bool verifies = parameters["sslmode"].rfind("verify-", 0) == 0;
  if (verifies && parameters.count("sslrootcert") == 0 && access(kSystemCertificates, R_OK) == 0) {
    parameters["sslrootcert"] = kSystemCertificates;
  }
}

}  // namespace

Result<Target> make_target(const connectors::Settings& settings) {
  const Result<void> keys = connectors::check_keys(settings, {"url", "host", "port", "user", "password", "database", "sslmode",
                                                              "sslrootcert", "sslcert", "sslkey", "connect_timeout", "lock_timeout"});
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
  secure(target.parameters);
  target.parameters["fallback_application_name"] = "penstock";
  target.parameters["client_encoding"] = "UTF8";
  target.parameters["keepalives_idle"] = "30";
  target.parameters["keepalives_interval"] = "10";
  target.parameters["keepalives_count"] = "3";
  target.parameters["tcp_user_timeout"] = "60000";

  const auto connect_timeout = connectors::duration_of(settings, "connect_timeout", std::chrono::seconds(10));
  if (!connect_timeout) return fail(connect_timeout.error());
  target.connect_timeout = *connect_timeout;
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

}  // namespace penstock::postgres
