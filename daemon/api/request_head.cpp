#include "daemon/api/request_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/api/letter_case.h"

namespace penstock::api {
namespace {

/// What the library takes at most.
constexpr std::size_t kLongestTarget = 8000;
constexpr std::size_t kLongestField = 8000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }
bool is_token_char(char c) { return is_digit(c) || is_letter(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos; }
bool is_host_char(char c) {
  return is_digit(c) || is_letter(c) || std::string_view("-._~%!$&'()*+,;=:[]").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

tl::unexpected<Unreadable> refuse(std::string detail) {
  Unreadable unreadable;
  unreadable.detail = std::move(detail);
  return tl::unexpected(std::move(unreadable));
}

struct Field {
  std::string name;  ///< In lower case.
  std::string_view written;
  std::string value;
};

/// Fields of which each decides something, so that there must not be two of them.
constexpr std::array<std::string_view, 9> kSingle{"host",          "content-length",   "transfer-encoding",
                                                  "content-type",  "content-encoding", "expect",
                                                  "authorization", "origin",           "idempotency-key"};

constexpr std::array<std::string_view, 7> kMethods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

class Reader {
 public:
  explicit Reader(std::size_t most_body_bytes) : most_body_bytes_(most_body_bytes) {}

  tl::expected<RequestHead, Unreadable> read(std::string_view lines) {
    if (lines.substr(0, 2) == "\r\n") lines.remove_prefix(2);  // A client may end a body with one line end too many.
    const std::size_t first = lines.find("\r\n");
    if (auto line = read_request_line(lines.substr(0, first)); !line) return tl::unexpected(line.error());
    if (auto fields = read_fields(lines.substr(first + 2)); !fields) return tl::unexpected(fields.error());
    if (auto host = settle_host(); !host) return tl::unexpected(host.error());
    if (auto body = settle_body(); !body) return tl::unexpected(body.error());
    head_.path = target_.substr(0, target_.find('?'));
    if (const auto given = find("authorization"); given != fields_.end()) head_.authorization = given->value;
    head_.text = method_ + " " + target_ + " " + version_ + "\r\n";
    for (const Field& field : fields_) head_.text += std::string(field.written) + ": " + field.value + "\r\n";
    return std::move(head_);
  }

 private:
  using Read = tl::expected<void, Unreadable>;

  Read read_request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return refuse("the first line is METHOD TARGET HTTP/1.1");
    const std::string_view target = line.substr(first + 1, last - first - 1);
    method_ = line.substr(0, first);
    version_ = line.substr(last + 1);
    if (std::find(kMethods.begin(), kMethods.end(), method_) == kMethods.end()) {
      return refuse("the method is none of GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS");
    }
    if (target.empty() || std::any_of(target.begin(), target.end(), [](char c) { return is_control(c) || c == ' ' || c == '#'; })) {
      return refuse("the target holds a blank, a control character or #: they are percent-encoded");
    }
    if (version_ != "HTTP/1.1" && version_ != "HTTP/1.0") {
      const bool has_shape = version_.size() == 8 && version_.rfind("HTTP/", 0) == 0 && version_[6] == '.';
      if (!has_shape || !is_digit(version_[5]) || !is_digit(version_[7])) return refuse("the first line does not end with HTTP/1.1");
      return tl::unexpected(Unreadable{505, "Another version of HTTP", "other_version", "HTTP/1.1 is spoken here"});
    }
    if (target.size() > kLongestTarget) {
      const std::string most = "at most " + std::to_string(kLongestTarget) + " bytes are read";
      return tl::unexpected(Unreadable{414, "The target is too long", "target_too_long", most});
    }
    return read_target(target);
  }

  Read read_target(std::string_view target) {
    const std::string scheme = lower(target.substr(0, std::min(target.find("://"), target.size())));
    if (target.front() == '/') {
      target_ = target;
    } else if (target == "*" && method_ == "OPTIONS") {
      target_ = target;
    } else if (scheme == "http" || scheme == "https") {
      std::string_view rest = target.substr(scheme.size() + 3);
      const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
      authority_ = rest.substr(0, end);
      rest.remove_prefix(end);
      target_ = (rest.empty() || rest.front() == '?' ? "/" : "") + std::string(rest);
    } else {
      return refuse("the target is a path that begins with /, or a whole http:// address");
    }
    return {};
  }

  Read read_fields(std::string_view rest) {
    while (rest != "\r\n") {
      const std::size_t end = rest.find("\r\n");
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end + 2);
      if (!line.empty() && is_blank(line.front())) return refuse("a header goes on in the next line; it stands in one");
      if (!is_field_line(line)) return refuse("a header is NAME: VALUE, with no blank before the colon and no control character");
      if (line.size() > kLongestField) {
        return tl::unexpected(Unreadable{431, "The headers are too large", "headers_too_large", "fewer or shorter headers are needed"});
      }
      const std::size_t colon = line.find(':');
      Field field{lower(line.substr(0, colon)), line.substr(0, colon), std::string(trimmed(line.substr(colon + 1)))};
      const bool is_single = std::find(kSingle.begin(), kSingle.end(), field.name) != kSingle.end();
      if (is_single && find(field.name) != fields_.end()) return refuse("there are two headers " + field.name);
      fields_.push_back(std::move(field));
    }
    return {};
  }

  std::vector<Field>::iterator find(std::string_view name) {
    return std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) { return field.name == name; });
  }

  std::optional<std::string> take(std::string_view name) {
    const auto found = find(name);
    if (found == fields_.end()) return std::nullopt;
    std::string value = std::move(found->value);
    fields_.erase(found);
    return value;
  }

  /// A whole address in the first line names the host, whatever the header says (RFC 9112 section 3.2.2).
  Read settle_host() {
    const auto host = find("host");
    if (host == fields_.end() && version_ == "HTTP/1.1") return refuse("the header Host is missing");
    if (host == fields_.end() && !authority_) return {};
    if (host == fields_.end()) fields_.push_back(Field{"host", "Host", *authority_});
    Field& settled = *find("host");
    if (authority_) settled.value = *authority_;
    if (!std::all_of(settled.value.begin(), settled.value.end(), is_host_char)) return refuse("the host is no name, address or NAME:PORT");
    return {};
  }

  Read settle_body() {
    const std::optional<std::string> length = take("content-length");
    const std::optional<std::string> coding = take("transfer-encoding");
    const std::optional<std::string> expect = take("expect");
    if (length && coding) return refuse("Content-Length and Transfer-Encoding contradict each other");
    if (coding && (version_ == "HTTP/1.0" || lower(*coding) != "chunked")) {
      return refuse("the only transfer coding is chunked, with HTTP/1.1");
    }
    if (coding) head_.body = RequestHead::Body::chunked;
    if (length) {
      if (auto read = read_length(*length); !read) return read;
    }
    const bool may_have_body = method_ != "GET" && method_ != "HEAD" && method_ != "OPTIONS";
    if (!may_have_body && (head_.body == RequestHead::Body::chunked || head_.length > 0)) return refuse("a " + method_ + " has no body");
    if (!expect || version_ == "HTTP/1.0") return {};
    if (lower(*expect) != "100-continue") {
      return tl::unexpected(Unreadable{417, "That cannot be expected", "unknown_expectation", "only 100-continue can be expected"});
    }
    head_.expects_continue = head_.body != RequestHead::Body::none;
    return {};
  }

  Read read_length(const std::string& written) {
    if (written.empty() || !std::all_of(written.begin(), written.end(), is_digit)) return refuse("Content-Length is no number");
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), head_.length);
    if (error != std::errc() || head_.length > most_body_bytes_) {
      const std::string most = "at most " + std::to_string(most_body_bytes_) + " bytes are read";
      return tl::unexpected(Unreadable{413, "The body is too large", "too_large", most});
    }
    head_.body = RequestHead::Body::sized;
    return {};
  }

  const std::size_t most_body_bytes_;
  RequestHead head_;
  std::string method_;
  std::string target_;
  std::string version_;
  std::optional<std::string> authority_;  ///< Of a whole address.
  std::vector<Field> fields_;
};

}  // namespace

tl::expected<RequestHead, Unreadable> read_request_head(std::string_view lines, std::size_t most_body_bytes) {
  return Reader(most_body_bytes).read(lines);
}

bool can_be_request(std::string_view begun, std::size_t from) {
  for (std::size_t at = from; at < begun.size(); ++at) {
    const bool after_return = at > 0 && begun[at - 1] == '\r';
    if ((begun[at] == '\n') != after_return) return false;
  }
  const std::string_view first = begun.substr(begun.substr(0, 2) == "\r\n" ? 2 : 0);
  return first.empty() || first.front() == '\r' || is_token_char(first.front());
}

bool is_field_line(std::string_view line) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  if (colon == line.size() || !is_token(line.substr(0, colon))) return false;
  const std::string_view value = line.substr(colon + 1);
  return std::none_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; });
}

}  // namespace penstock::api
