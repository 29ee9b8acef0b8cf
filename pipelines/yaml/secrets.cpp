#include "pipelines/yaml/secrets.h"

#include <algorithm>
#include <array>
#include <vector>

#include "pipelines/base/suggest.h"
#include "pipelines/model/language.h"
#include "pipelines/yaml/check.h"

namespace penstock::yaml {
namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; }

template <std::size_t count>
bool holds_one_of(std::string_view key, const std::array<std::string_view, count>& parts) {
  std::string folded(key);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return folded.find(part) != std::string::npos; });
}

/// A key of some connection that never holds a secret, such as token_url: without its value the copy would not be the project any more.
bool is_known_as_plain(std::string_view key) {
  bool is_known = false;
  for (const model::ConnectionType& type : model::connection_types()) {
    for (const model::KeySpec& known : type.object->keys) {
      if (known.name != key) continue;
      if (known.shape == model::Shape::secret) return false;
      is_known = true;
    }
  }
  return is_known;
}

bool is_called_like_a_secret(std::string_view key) {
  constexpr std::array<std::string_view, 8> kParts = {"pass", "pwd", "secret", "token", "credential", "key", "pswd", "auth"};
  static const std::vector<std::string> kWords = {"password", "passphrase", "secret", "token", "credentials"};
  // What a mistyped key holds is shown in the message about it, too.
  return !is_known_as_plain(key) && (holds_one_of(key, kParts) || nearest(key, kWords).has_value());
}

void hide(std::string& text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end && i < text.size(); ++i) {
    if (text[i] != '\n' && text[i] != '\r' && text[i] != ' ') text[i] = '*';
  }
}

// The end of a value on its line: the closing quote, or the comma or brace of a flow mapping, or the line's end.
std::size_t value_end(std::string_view text, std::size_t begin, std::size_t line_end) {
  if (begin < line_end && (text[begin] == '"' || text[begin] == '\'')) {
    const std::size_t close = text.find(text[begin], begin + 1);
    return close == std::string_view::npos ? text.size() : close + 1;
  }
  const std::size_t comma = std::min(text.find_first_of(",}", begin), line_end);
  // A secret may hold a comma; behind it comes no key then.
  const std::string_view rest = text.substr(comma, line_end - comma);
  return rest.find(':') == std::string_view::npos && rest.find('}') == std::string_view::npos ? line_end : comma;
}

// Lines below a key that are indented deeper belong to its value: a block, or a text that goes on.
std::size_t block_end(std::string_view text, std::size_t line_end, std::size_t key_column) {
  std::size_t end = line_end;
  while (end < text.size()) {
    const std::size_t first = text.find_first_not_of(' ', end + 1);
    if (first == std::string_view::npos) return text.size();
    if (text[first] != '\n' && text[first] != '\r' && first - end - 1 <= key_column) return end;
    end = std::min(text.find('\n', first), text.size());
  }
  return end;
}

void hide_values(std::string& text) {
  for (std::size_t colon = text.find(':'); colon != std::string::npos; colon = text.find(':', colon + 1)) {
    std::size_t key_end = colon;
    if (key_end > 0 && (text[key_end - 1] == '"' || text[key_end - 1] == '\'')) --key_end;
    std::size_t key_begin = key_end;
    while (key_begin > 0 && is_word(text[key_begin - 1])) --key_begin;
    if (!is_called_like_a_secret(std::string_view(text).substr(key_begin, key_end - key_begin))) continue;
    const std::size_t line_begin = text.rfind('\n', colon) == std::string::npos ? 0 : text.rfind('\n', colon) + 1;
    const std::size_t line_end = std::min(text.find('\n', colon), text.size());
    const std::size_t begin = std::min(text.find_first_not_of(" \t", colon + 1), line_end);
    const bool is_flow = text.substr(line_begin, colon - line_begin).find('{') != std::string::npos;
    const bool goes_on = !is_flow && begin < line_end && text[begin] != '"' && text[begin] != '\'';
    std::size_t end = begin == line_end ? line_end : value_end(text, begin, line_end);
    const std::size_t bare = begin < end && (text[begin] == '"' || text[begin] == '\'') ? begin + 1 : begin;
    if (is_reference(std::string_view(text).substr(bare, end > bare ? end - bare : 0))) continue;
    if (goes_on || begin == line_end) end = std::max(end, block_end(text, line_end, key_begin - line_begin));
    hide(text, begin, end);
  }
}

void hide_passwords_in_addresses(std::string& text) {
  for (std::size_t scheme = text.find("://"); scheme != std::string::npos; scheme = text.find("://", scheme + 3)) {
    const std::size_t begin = scheme + 3;
    const std::size_t end = std::min(text.find_first_of("/ \n\"'", begin), text.size());
    const std::size_t at = text.rfind('@', end);
    const std::size_t colon = text.find(':', begin);
    if (at != std::string::npos && colon < at && at < end && at > begin) hide(text, colon + 1, at);
  }
}

std::size_t parameter_end(std::string_view text, std::size_t begin) {
  return std::min(text.find_first_of("& \n\r\"'", begin), text.size());
}

void hide_parameters(std::string& text) {
  for (std::size_t begin = find_secret_parameter(text); begin != std::string::npos; begin = find_secret_parameter(text, begin)) {
    hide(text, begin, parameter_end(text, begin));
  }
}

}  // namespace

std::size_t find_secret_parameter(std::string_view text, std::size_t from) {
  constexpr std::array<std::string_view, 5> kParts = {"password", "passwd", "pwd", "secret", "token"};
  for (std::size_t equals = text.find('=', from); equals != std::string_view::npos; equals = text.find('=', equals + 1)) {
    std::size_t key_begin = equals;
    while (key_begin > 0 && is_word(text[key_begin - 1])) --key_begin;
    if (holds_one_of(text.substr(key_begin, equals - key_begin), kParts)) return equals + 1;
  }
  return std::string_view::npos;
}

std::string without_secrets(std::string_view text) {
  std::string result(text);
  hide_values(result);
  hide_passwords_in_addresses(result);
  hide_parameters(result);
  return result;
}

}  // namespace penstock::yaml
