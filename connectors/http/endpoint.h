#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/http/proxy.h"
#include "connectors/http/tls.h"
#include "connectors/http/url.h"
#include "connectors/locality.h"
#include "connectors/redact.h"
#include "connectors/settings.h"

namespace penstock::http {

/// A server and how it is reached, from the settings of a connection. Shared by all who speak to it; any thread.
struct Endpoint {
  std::string name;  ///< What errors call it: "Trino", "the token service".
  std::string url_key = "url";
  Url url;
  std::vector<std::string> addresses;  ///< Where only these may be spoken to: all are this machine's, and the login is not encrypted.
  std::optional<Proxy> proxy;
  std::shared_ptr<const TlsContext> tls;              ///< Null for plain http.
  std::chrono::milliseconds connect_timeout{10'000};  ///< For the address, the connection, the proxy and the handshake together.
  std::chrono::milliseconds patience{60'000};         ///< For an answer, with all that is sent again.
  std::chrono::milliseconds silence{20'000};          ///< For the head of an answer, and for the next bytes of its body.
  std::size_t most_head = std::size_t{64} * 1024;
  std::size_t most_body = std::size_t{64} * 1024 * 1024;  ///< Unpacked.
  std::string login_hint;                                 ///< What to look at where the server lets nobody in.
  connectors::Redactor redact;
};

/// How a connection was made: for a person who looks for a fault.
struct Way {
  std::vector<std::string> addresses;  ///< Of what is connected to first: the server, or the proxy.
  std::string address;                 ///< That has answered; empty: none.
  std::optional<Peer> peer;            ///< After TLS.
};

/// The settings that every REST target has, beside the key of its address.
inline constexpr std::array<std::string_view, 9> kSettings = {"ca_file",    "tls_verify",     "client_certificate", "client_key", "proxy",
                                                              "proxy_user", "proxy_password", "connect_timeout",    "patience"};

/// Who asks, and where to.
struct Wanted {
  std::string name;  ///< As in Endpoint.
  std::string url_key = "url";
  bool has_login = false;  ///< Something secret goes there: without TLS only where the address is this machine's, and past every proxy.
  bool trusts_system_too = false;  ///< It need not be of the authority in `ca_file`.
};

/// Reads `wanted.url_key` and kSettings. A proxy of the environment whose password is not in `settings.secrets` is kept out of errors, too.
/// Looks the host up where a login would go to it without TLS. Errors: invalid_input.
Result<Endpoint> make_endpoint(const connectors::Settings& settings, const Wanted& wanted,
                               const connectors::LookUp& look_up = connectors::look_up, const Environment& variables = environment);

}  // namespace penstock::http
