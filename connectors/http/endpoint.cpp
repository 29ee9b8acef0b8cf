#include "connectors/http/endpoint.h"

namespace penstock::http {

namespace {

using connectors::Settings;
using connectors::text_of;
using connectors::wrong;

Result<std::optional<Proxy>> proxy_of(const Settings& settings, const Url& url, const Environment& variables) {
  const std::string text = text_of(settings, "proxy");
  const std::string user = text_of(settings, "proxy_user");
  const std::string password = text_of(settings, "proxy_password");
  if (user.empty() != password.empty()) {
    return wrong(settings, "`proxy_user` and `proxy_password` belong together", "set both, or neither");
  }
  if (text.empty() && !user.empty()) return wrong(settings, "`proxy_user` has no `proxy` beside it", "proxy: http://host:port");
  if (text.empty()) {
    Result<std::optional<Proxy>> proxy = proxy_of_environment(url, variables);
    if (!proxy) return wrong(settings, proxy.error().message, proxy.error().hint);
    return proxy;
  }
  if (text == "none") return std::optional<Proxy>();
  Result<Proxy> proxy = parse_proxy(text);
  if (!proxy) return wrong(settings, "`proxy` " + proxy.error().message, "expected http://host:port, or none");
  const bool is_by_reference = std::find(settings.secrets.begin(), settings.secrets.end(), text) != settings.secrets.end();
  if (!proxy->password.empty() && !is_by_reference) {
    return wrong(settings, "`proxy` holds a password", "put it into `proxy_password` by reference: env:NAME, file:PATH or cmd:COMMAND");
  }
  if (!user.empty()) proxy->authorization = basic_authorization(user, password);
  proxy->named_by = "`proxy`";
  return std::optional<Proxy>(*std::move(proxy));
}

Result<TlsSettings> tls_of(const Settings& settings, const Wanted& wanted) {
  TlsSettings tls;
  const Result<bool> verify = connectors::flag_of(settings, "tls_verify", true);
  if (!verify) return fail(verify.error());
  tls.verify = *verify;
  tls.ca_file = text_of(settings, "ca_file");
  tls.trusts_system_too = wanted.trusts_system_too;
  tls.client_certificate = text_of(settings, "client_certificate");
  tls.client_key = text_of(settings, "client_key");
  if (tls.client_certificate.empty() != tls.client_key.empty()) {
    return wrong(settings, "`client_certificate` and `client_key` belong together", "set both, or neither");
  }
  return tls;
}

}  // namespace

Result<Endpoint> make_endpoint(const Settings& settings, const Wanted& wanted, const connectors::LookUp& look_up,
                               const Environment& variables) {
  Endpoint endpoint;
  endpoint.name = wanted.name;
  endpoint.url_key = wanted.url_key;
  const std::string key = "`" + wanted.url_key + "`";
  Result<Url> url = parse_url(text_of(settings, wanted.url_key));
  if (!url) return wrong(settings, key + " " + url.error().message, "expected https://host:port");
  endpoint.url = *std::move(url);
  const Result<TlsSettings> tls = tls_of(settings, wanted);
  if (!tls) return fail(tls.error());
  const bool is_secure = endpoint.url.is_secure;
  if (!is_secure && !tls->client_certificate.empty()) {
    return wrong(settings, "a client's certificate is shown by TLS only, and " + key + " has http://", "use https:// in " + key);
  }
  Result<std::optional<Proxy>> proxy = proxy_of(settings, endpoint.url, variables);
  if (!proxy) return fail(proxy.error());
  if (wanted.has_login && !is_secure) {
    endpoint.addresses = look_up(endpoint.url.host);
    if (!connectors::are_here(endpoint.addresses)) {
      return wrong(settings, "a password or token would leave this machine unencrypted", "use https:// in " + key);
    }
    if (*proxy && !text_of(settings, "proxy").empty()) {
      return wrong(settings, "a password or token would go to the proxy unencrypted", "use https:// in " + key + ", or proxy: none");
    }
    proxy->reset();
  }
  endpoint.proxy = *std::move(proxy);
  if (is_secure) {
    auto context = TlsContext::make(*tls, settings.name);
    if (!context) return fail(context.error());
    endpoint.tls = *std::move(context);
  }
  const auto connect_timeout = connectors::duration_of(settings, "connect_timeout", endpoint.connect_timeout);
  if (!connect_timeout) return fail(connect_timeout.error());
  endpoint.connect_timeout = *connect_timeout;
  const auto patience = connectors::duration_of(settings, "patience", endpoint.patience);
  if (!patience) return fail(patience.error());
  endpoint.patience = *patience;
  Settings known = settings;
  if (endpoint.proxy && !endpoint.proxy->password.empty()) known.secrets.push_back(endpoint.proxy->password);
  endpoint.redact = connectors::Redactor(known);
  return endpoint;
}

}  // namespace penstock::http
