#include <algorithm>
#include <array>
#include <vector>

#include "pipelines/dialects/calls.h"

namespace penstock::dialects {

std::string_view trunc_unit(Writer& writer, const CallSite& site) {
  static constexpr std::array<std::string_view, 8> kUnits{"second", "minute", "hour", "day", "week", "month", "quarter", "year"};
  const std::string* unit = Writer::text_of(site.argument(0));
  if (unit != nullptr) {
    for (const std::string_view known : kUnits) {
      if (*unit == known) return known;
    }
  }
  writer.refuse("date_trunc takes a constant unit", "one of second, minute, hour, day, week, month, quarter, year");
  return {};
}

bool read_format(Writer& writer, const CallSite& site, const std::function<void(std::string_view)>& token,
                 const std::function<void(char)>& sign) {
  static constexpr std::array<std::string_view, 7> kTokens{"YYYY", "MM", "DD", "HH24", "MI", "SS", "US"};
  const std::string* format = Writer::text_of(site.argument(1));
  std::string_view rest = format == nullptr ? std::string_view("?") : std::string_view(*format);
  while (!rest.empty()) {
    const auto found = std::find_if(kTokens.begin(), kTokens.end(), [&](std::string_view known) { return rest.starts_with(known); });
    if (found != kTokens.end()) {
      token(*found);
      rest.remove_prefix(found->size());
    } else if (std::string_view(" -/.:,_").find(rest[0]) != std::string_view::npos) {
      sign(rest[0]);
      rest.remove_prefix(1);
    } else {
      break;
    }
  }
  if (rest.empty() && format != nullptr) return true;
  writer.refuse("to_char takes a constant format", "of YYYY, MM, DD, HH24, MI, SS, US and the signs - / . : , _ and blank");
  return false;
}

void write_format_by_places(Writer& writer, const CallSite& site, std::string_view substring, std::string_view joiner,
                            const std::function<void()>& print_text) {
  struct Piece {
    std::string_view place;  // Empty for signs.
    std::string signs;
  };
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kPlaces{
      {{"YYYY", "1, 4"}, {"MM", "6, 2"}, {"DD", "9, 2"}, {"HH24", "12, 2"}, {"MI", "15, 2"}, {"SS", "18, 2"}, {"US", "21, 6"}}};
  std::vector<Piece> pieces;
  const auto token = [&](std::string_view name) {
    for (const auto& [known, place] : kPlaces) {
      if (known == name) pieces.push_back({place, {}});
    }
  };
  const auto sign = [&](char c) {
    if (pieces.empty() || !pieces.back().place.empty()) pieces.push_back({});
    pieces.back().signs += c;
  };
  if (!read_format(writer, site, token, sign)) return;
  bool first = true;
  for (const Piece& piece : pieces) {
    if (!first) writer.text(joiner);
    first = false;
    if (piece.place.empty()) {
      writer.string(piece.signs);
      continue;
    }
    writer.text(substring);
    print_text();
    writer.text(", ").text(piece.place).text(")");
  }
}

std::optional<AddedInterval> added_interval(Writer& writer, const CallSite& site) {
  const auto constant = [](const ir::Expression& expression) -> const ir::IntervalValue* {
    const ir::Literal* literal = Writer::literal_of(expression);
    return literal == nullptr ? nullptr : std::get_if<ir::IntervalValue>(&literal->value);
  };
  if (const auto* interval = constant(site.argument(1))) return AddedInterval{*interval};
  const auto* product = std::get_if<ir::Call>(&site.argument(1).node);
  if (product != nullptr && product->function == ir::Function::multiply) {
    if (const auto* interval = constant(*product->arguments[0])) return AddedInterval{*interval, product->arguments[1].get()};
  }
  writer.refuse("only a constant interval, or so many times one, can be added", "write x + interval '1 day', or x + n * interval '1 day'");
  return std::nullopt;
}

void write_amount(Writer& writer, const CallSite& site, std::int64_t part, const AddedInterval& added) {
  if (added.times == nullptr) {
    writer.number(part);
    return;
  }
  if (part != 1) writer.number(part).text(" * ");
  writer.expression(*added.times, site.env, part == 1 ? Level::any : Level::sign);
}

}  // namespace penstock::dialects
