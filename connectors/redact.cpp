#include "connectors/redact.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace penstock::connectors {

namespace {

constexpr std::size_t kLongestText = 4000;
// Shorter ones would mask every other word and are found by their key anyway.
constexpr std::size_t kShortestSecret = 3;

constexpr std::array<std::string_view, 12> kCredentialWords = {"password", "passwd",     "pwd",           "passphrase",
                                                               "secret",   "token",      "credentials",   "api_key",
                                                               "api-key",  "access_key", "authorization", "apikey"};

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

std::string url_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::string base64(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

void mask_all(std::string& text, std::string_view secret) {
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + kMask.size())) {
    text.replace(at, secret.size(), kMask);
  }
}

bool starts_with_word(std::string_view text, std::size_t at, std::string_view word) {
  if (text.size() - at < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(text[at + i]) != word[i]) return false;
  }
  return true;
}

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

/// The end of the value that starts at `at`, which may be quoted.
std::size_t end_of_value(std::string_view text, std::size_t at, bool to_line_end) {
  const char quote = at < text.size() ? text[at] : '\0';
  if (quote == '"' || quote == '\'') {
    const std::size_t close = text.find(quote, at + 1);
    return close == std::string_view::npos ? text.size() : close;
  }
  const std::string_view stops = to_line_end ? "\r\n" : " \t\r\n,;&)}]\"'";
  return std::min(text.find_first_of(stops, at), text.size());
}

/// `password=...`, `"token": "..."`, `PASSWORD '...'`, `Authorization: Basic ...`; not "password authentication failed".
void mask_assignments(std::string& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (std::string_view word : kCredentialWords) {
      if (!starts_with_word(text, at, word)) continue;
      std::size_t next = at + word.size();
      // The rest of a longer name such as secret_access_key.
      while (next < text.size() && is_word(text[next])) ++next;
      if (next < text.size() && (text[next] == '"' || text[next] == '\'')) ++next;
      next = skip_spaces(text, next);
      const bool assigned = next < text.size() && (text[next] == '=' || text[next] == ':');
      if (assigned) next = skip_spaces(text, next + 1);
      const bool quoted = next < text.size() && (text[next] == '"' || text[next] == '\'');
      if (!assigned && !(quoted && text[next] == '\'')) break;
      const std::size_t end = end_of_value(text, next, word == "authorization" && !quoted);
      const std::size_t begin = quoted ? next + 1 : next;
      if (end > begin) text.replace(begin, end - begin, kMask);
      at = begin;
      break;
    }
  }
}

/// What follows `Bearer` or `Basic`, and keys that are known by how they begin.
void mask_known_shapes(std::string& text) {
  for (std::string_view scheme : {"bearer ", "basic "}) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (!starts_with_word(text, at, scheme) || (at > 0 && is_word(text[at - 1]))) continue;
      const std::size_t begin = at + scheme.size();
      const std::size_t end = end_of_value(text, begin, false);
      if (end - begin >= 8) text.replace(begin, end - begin, kMask);
    }
  }
  for (std::string_view prefix : {"AKIA", "ASIA", "eyJ", "ghp_", "xoxb-"}) {
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
      std::size_t end = at;
      while (end < text.size() && (is_word(text[end]) || text[end] == '.')) ++end;
      if (end - at >= 16) text.replace(at, end - at, kMask);
    }
  }
  const std::size_t key = text.find("PRIVATE KEY-----");
  if (key != std::string::npos) {
    const std::size_t end = text.find("-----END", key);
    const std::size_t begin = key + std::string_view("PRIVATE KEY-----").size();
    text.replace(begin, (end == std::string::npos ? text.size() : end) - begin, kMask);
  }
}

/// `scheme://user:password@host`.
void mask_urls(std::string& text) {
  for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\"'/<>", at + 3), text.size());
    const std::string_view authority(text.data() + at + 3, end - at - 3);
    const std::size_t host = authority.rfind('@');
    const std::size_t colon = authority.find(':');
    if (host == std::string_view::npos || colon == std::string_view::npos || colon > host) continue;
    text.replace(at + 3 + colon + 1, host - colon - 1, kMask);
  }
}

/// Cuts between characters, so that the text stays UTF-8.
void tidy(std::string& text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f) c = ' ';
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  if (text.size() <= kLongestText) return;
  std::size_t cut = kLongestText;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  text.resize(cut);
  text += " ...";
}

}  // namespace

Redactor::Redactor(const Settings& settings) {
  for (const std::string& secret : settings.secrets) {
    if (secret.size() < kShortestSecret) continue;
    secrets_.push_back(secret);
    secrets_.push_back(url_encoded(secret));
    secrets_.push_back(base64(secret));
    secrets_.push_back(base64(text_of(settings, "user") + ":" + secret));
  }
  std::sort(secrets_.begin(), secrets_.end(),
            [](const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
  secrets_.erase(std::unique(secrets_.begin(), secrets_.end()), secrets_.end());
}

std::string Redactor::operator()(std::string_view foreign) const {
  std::string text(foreign);
  for (const std::string& secret : secrets_) mask_all(text, secret);
  mask_urls(text);
  mask_assignments(text);
  mask_known_shapes(text);
  tidy(text);
  return text;
}

}  // namespace penstock::connectors
