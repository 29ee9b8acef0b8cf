#include <openssl/evp.h>

#include "connectors/trino/client.h"

namespace penstock::trino {

namespace {

std::string base64(const std::string& text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

Failure bad_url(const connectors::Settings& settings, const std::string& why) {
  return fail(ErrorKind::invalid_input, "connection \"" + settings.name + "\": `url` " + why, "expected https://host:port");
}

/// scheme://host:port, as the coordinator writes it in its own URIs: without the port where it is the scheme's own.
Result<std::string> origin_of(const connectors::Settings& settings) {
  std::string url = connectors::text_of(settings, "url");
  while (!url.empty() && url.back() == '/') url.pop_back();
  const bool secure = url.rfind("https://", 0) == 0;
  if (!secure && url.rfind("http://", 0) != 0) return bad_url(settings, url.empty() ? "is missing" : "has no http:// or https://");
  const std::size_t host = url.find("://") + 3;
  if (url.size() == host) return bad_url(settings, "names no host");
  if (url.find('@', host) != std::string::npos) return bad_url(settings, "holds a user or a password; they have settings of their own");
  if (url.find_first_of("/?#", host) != std::string::npos) return bad_url(settings, "has more than scheme, host and port");
  const std::string own_port = secure ? ":443" : ":80";
  if (url.size() > own_port.size() && url.compare(url.size() - own_port.size(), std::string::npos, own_port) == 0) {
    url.resize(url.size() - own_port.size());
  }
  return url;
}

}  // namespace

Result<Target> make_target(const connectors::Settings& settings, const connectors::LookUp& look_up) {
  const Result<void> keys = connectors::check_keys(settings, {"url", "user", "password", "token", "ca_file", "tls_verify", "client_tags",
                                                              "session_properties", "connect_timeout", "patience"});
  if (!keys) return fail(keys.error());
  Target target;
  const Result<std::string> origin = origin_of(settings);
  if (!origin) return fail(origin.error());
  target.origin = *origin;
  target.user = connectors::text_of(settings, "user", "penstock");
  const std::string password = connectors::text_of(settings, "password");
  const std::string token = connectors::text_of(settings, "token");
  if (!password.empty()) target.authorization = "Basic " + base64(target.user + ":" + password);
  if (!token.empty()) target.authorization = "Bearer " + token;
  const bool in_the_open = !target.authorization.empty() && target.origin.rfind("https://", 0) != 0;
  if (in_the_open) target.addresses = look_up(connectors::host_of(target.origin));
  if (in_the_open && !connectors::are_here(target.addresses)) {
    return fail(ErrorKind::invalid_input, "connection \"" + settings.name + "\": a password or token would leave this machine unencrypted",
                "use https:// in `url`");
  }
  target.ca_file = connectors::text_of(settings, "ca_file");
  const Result<bool> verify = connectors::flag_of(settings, "tls_verify", true);
  if (!verify) return fail(verify.error());
  target.verify_tls = *verify;
  target.catalog = settings.catalog;
  target.schema = settings.schema;
  target.client_tags = connectors::text_of(settings, "client_tags");
  target.session_properties = connectors::text_of(settings, "session_properties");
  const auto connect_timeout = connectors::duration_of(settings, "connect_timeout", target.connect_timeout);
  if (!connect_timeout) return fail(connect_timeout.error());
  target.connect_timeout = *connect_timeout;
  const auto patience = connectors::duration_of(settings, "patience", target.patience);
  if (!patience) return fail(patience.error());
  target.patience = *patience;
  target.read_only = settings.read_only;
  target.redact = connectors::Redactor(settings);
  return target;
}

}  // namespace penstock::trino
