#include "pipelines/dialects/rule.h"

#include "pipelines/base/broken.h"

namespace penstock::dialects {
namespace {

[[noreturn]] void abort_parsing(std::string_view text) {
  broken("a dialect's table holds a template that cannot be read: " + std::string(text));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Level level_named(std::string_view name, std::string_view text) {
  constexpr std::array<std::string_view, 10> kNames{"any",    "disjunction", "conjunction", "negation", "comparison",
                                                    "concat", "sum",         "product",     "sign",     "primary"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Level>(i);
  }
  abort_parsing(text);
}

Template::Piece parse_application(std::string_view place, std::string_view text) {
  using Kind = Template::Piece::Kind;
  const auto blank = place.find(' ');
  Template::Piece piece{Kind::application, place.substr(1, blank == std::string_view::npos ? blank : blank - 1), {}, Level::any};
  if (blank == std::string_view::npos) return piece;
  const std::string_view rest = place.substr(blank + 1);
  if (rest == "...") {
    piece.kind = Kind::application_of_all;
  } else if (rest == "*") {
    piece.kind = Kind::application_of_rows;
  } else {
    for (const char c : rest) {
      if (is_digit(c)) {
        piece.arguments.push_back(static_cast<std::uint8_t>(c - '0'));
      } else if (c != ' ') {
        abort_parsing(text);
      }
    }
  }
  return piece;
}

Template::Piece parse_place(std::string_view place, std::string_view text) {
  using Kind = Template::Piece::Kind;
  if (place == "...") return {Kind::all, {}, {}, Level::any};
  if (place == "type") return {Kind::type, {}, {}, Level::any};
  if (place.empty()) abort_parsing(text);
  if (place[0] == '@') return parse_application(place, text);
  if (!is_digit(place[0])) abort_parsing(text);
  const std::vector<std::uint8_t> argument{static_cast<std::uint8_t>(place[0] - '0')};
  if (place.size() == 1) return {Kind::argument, {}, argument, Level::any};
  if (place == std::string_view(place.data(), 2) && place[1] == '?') return {Kind::predicate, {}, argument, Level::any};
  if (place[1] != ':') abort_parsing(text);
  return {Kind::argument, {}, argument, level_named(place.substr(2), text)};
}

}  // namespace

Template parse_template(std::string_view text) {
  Template parsed;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto open = rest.find('{');
    if (open != 0) parsed.pieces.push_back({Template::Piece::Kind::text, rest.substr(0, open), {}, Level::any});
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    if (close == std::string_view::npos) abort_parsing(text);
    parsed.pieces.push_back(parse_place(rest.substr(open + 1, close - open - 1), text));
    rest.remove_prefix(close + 1);
  }
  return parsed;
}

RuleTable::RuleTable(const RuleTable& base, std::span<const RuleRow> rows) : rules_(base.rules_) {
  for (const RuleRow& row : rows) {
    Rule& rule = rules_[static_cast<std::size_t>(row.function)];
    rule = Rule{};
    rule.level = row.level;
    if (!row.refusal.empty()) {
      rule.kind = Rule::Kind::refused;
      rule.reason = row.refusal;
      rule.way_out = row.way_out;
    } else if (row.code != nullptr) {
      rule.kind = Rule::Kind::code;
      rule.code = row.code;
    } else {
      rule.kind = Rule::Kind::text;
      rule.text = parse_template(row.text);
    }
  }
}

}  // namespace penstock::dialects
