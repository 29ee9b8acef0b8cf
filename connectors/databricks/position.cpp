#include "connectors/databricks/position.h"

#include <algorithm>
#include <charconv>

namespace penstock::databricks {

namespace {

constexpr std::string_view kHandlePrefix = "databricks:";
constexpr std::string_view kCommentPrefix = "/* penstock:";

std::string take_field(std::string& text) {
  const std::size_t colon = text.find(':');
  std::string field = text.substr(0, colon);
  text.erase(0, colon == std::string::npos ? text.size() : colon + 1);
  return field;
}

template <typename Number>
bool read_number(const std::string& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool is_plain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

/// What may stand in a comment: nothing that ends it.
std::string comment_text(const std::string& text) {
  std::string out;
  for (const char c : text) out += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-' ? c : '?';
  return out;
}

}  // namespace

connectors::Handle to_handle(const Position& position) {
  const auto since = std::chrono::duration_cast<std::chrono::seconds>(position.since.time_since_epoch()).count();
  return {std::string(kHandlePrefix) + std::to_string(position.statement) + ":" + std::to_string(since) + ":" + position.token + ":" +
          position.id};
}

std::optional<Position> to_position(const connectors::Handle& handle) {
  if (handle.text.rfind(kHandlePrefix, 0) != 0) return std::nullopt;
  std::string text = handle.text.substr(kHandlePrefix.size());
  Position position;
  long long since = 0;
  if (!read_number(take_field(text), position.statement) || !read_number(take_field(text), since)) return std::nullopt;
  position.since = WallClock::time_point(std::chrono::seconds(since));
  position.token = take_field(text);
  position.id = text;
  // The id is a part of a path that is asked for with our credentials.
  if (position.token.empty() || !is_plain(position.token) || !is_plain(position.id)) return std::nullopt;
  return position;
}

std::string mark_of(const std::string& token, std::size_t statement) {
  return std::string(kCommentPrefix) + token + ":" + std::to_string(statement) + " ";
}

std::string comment_of(const connectors::Token& token, std::size_t statement) {
  return mark_of(comment_text(token.id), statement) + "run=" + comment_text(token.run_id) + " step=" + comment_text(token.step) +
         " attempt=" + std::to_string(token.attempt) + " */\n";
}

std::optional<std::pair<std::string, std::size_t>> read_mark(const std::string& text) {
  if (text.rfind(kCommentPrefix, 0) != 0) return std::nullopt;
  std::string rest = text.substr(kCommentPrefix.size(), text.find(' ', kCommentPrefix.size()) - kCommentPrefix.size());
  std::pair<std::string, std::size_t> mark;
  mark.first = take_field(rest);
  if (mark.first.empty() || !read_number(rest, mark.second)) return std::nullopt;
  return mark;
}

}  // namespace penstock::databricks
