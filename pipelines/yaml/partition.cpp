#include "pipelines/yaml/partition.h"

#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "pipelines/base/suggest.h"
#include "pipelines/yaml/names.h"

namespace penstock::yaml {
namespace {

using ir::PartitionBy;

constexpr std::array kFunctions = {PartitionBy::year, PartitionBy::month,  PartitionBy::day,
                                   PartitionBy::hour, PartitionBy::bucket, PartitionBy::range};
constexpr std::string_view kBlanks = " \t\r\n";
/// As many parts as BigQuery lets a table have.
constexpr std::int64_t kMostParts = 10'000;

/// A piece of the text.
struct Piece {
  std::string_view text;
  std::size_t offset = 0;
};

Piece trimmed(Piece piece) {
  const std::size_t first = piece.text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {piece.text.substr(0, 0), piece.offset};
  const std::size_t last = piece.text.find_last_not_of(kBlanks);
  return {piece.text.substr(first, last - first + 1), piece.offset + first};
}

PartitionText wrong(const Piece& piece, std::string fault, std::string suggestion = {}) {
  PartitionText text;
  text.fault = std::move(fault);
  text.suggestion = std::move(suggestion);
  text.offset = piece.offset;
  text.length = piece.text.empty() ? 1 : piece.text.size();
  return text;
}

/// Divided at commas that stand in no quotes and no brackets.
std::vector<Piece> arguments_of(Piece inside) {
  std::vector<Piece> pieces;
  std::size_t start = 0;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= inside.text.size(); ++i) {
    const char c = i < inside.text.size() ? inside.text[i] : ',';
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '(') ++depth;
    if (!quoted && c == ')') --depth;
    const bool ends = i == inside.text.size() || (c == ',' && !quoted && depth <= 0);
    if (!ends) continue;
    pieces.push_back(trimmed({inside.text.substr(start, i - start), inside.offset + start}));
    start = i + 1;
  }
  return pieces;
}

std::optional<std::int64_t> number_of(const Piece& piece) {
  std::int64_t number = 0;
  const char* end = piece.text.data() + piece.text.size();
  const auto [stop, error] = std::from_chars(piece.text.data(), end, number);
  if (piece.text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::optional<PartitionBy> function_of(std::string_view word) {
  for (const PartitionBy by : kFunctions) {
    if (ir::word_of(by) == word) return by;
  }
  return std::nullopt;
}

std::string meant_by(const Piece& word, const std::vector<Piece>& arguments) {
  // date_trunc('month', x), timestamp_trunc(x, month): the unit is known from others' SQL.
  for (const Piece& argument : arguments) {
    std::string unit(argument.text);
    std::erase_if(unit, [](char c) { return c == '\'' || c == '"'; });
    for (char& c : unit) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const auto by = function_of(unit);
    if (!by || arguments.size() != 2 || *by == PartitionBy::bucket || *by == PartitionBy::range) continue;
    const Piece& other = &argument == arguments.data() ? arguments[1] : arguments[0];
    return "write " + unit + "(" + std::string(other.text) + ")";
  }
  std::vector<std::string> words;
  for (const PartitionBy by : kFunctions) words.emplace_back(ir::word_of(by));
  return did_you_mean(word.text, words);
}

class Reading {
 public:
  Reading(PartitionBy by, Piece word, std::vector<Piece> arguments) : by_(by), word_(word), arguments_(std::move(arguments)) {}

  PartitionText run() {
    text_.key.by = by_;
    const std::size_t wanted = by_ == PartitionBy::bucket ? 2 : by_ == PartitionBy::range ? 4 : 1;
    if (arguments_.size() != wanted) {
      return wrong(word_, quoted(word_.text) + " takes " + (wanted == 1 ? "one column" : std::to_string(wanted) + " parts"), form());
    }
    if (by_ == PartitionBy::bucket) return bucket();
    if (by_ == PartitionBy::range) return range();
    return column(arguments_[0]);
  }

 private:
  std::string form() const {
    if (by_ == PartitionBy::bucket) return "write bucket(16, column)";
    if (by_ == PartitionBy::range) return "write range(column, first, last, step), such as range(id, 0, 1000, 100)";
    return "write " + std::string(ir::word_of(by_)) + "(column)";
  }

  PartitionText column(const Piece& piece) {
    Result<Identifier> name = read_identifier(piece.text);
    if (!name) return wrong(piece, quoted(piece.text) + " is no column's name: " + name.error().message);
    text_.key.column = *std::move(name);
    return text_;
  }

  PartitionText bucket() {
    const auto count = number_of(arguments_[0]);
    if (!count && number_of(arguments_[1])) {
      const std::string turned = "bucket(" + std::string(arguments_[1].text) + ", " + std::string(arguments_[0].text) + ")";
      return wrong(arguments_[0], "the number of parts comes first", "write " + turned);
    }
    if (!count || *count < 1 || *count > kMostParts) {
      return wrong(arguments_[0], quoted(arguments_[0].text) + " is no number of parts", "a whole number from 1 to 10000");
    }
    text_.key.buckets = *count;
    return column(arguments_[1]);
  }

  PartitionText range() {
    const auto first = number_of(arguments_[1]);
    const auto last = number_of(arguments_[2]);
    const auto step = number_of(arguments_[3]);
    for (std::size_t i = 1; i < arguments_.size(); ++i) {
      if (!number_of(arguments_[i])) return wrong(arguments_[i], quoted(arguments_[i].text) + " is no whole number", form());
    }
    if (*step < 1) return wrong(arguments_[3], "the step must be at least 1");
    if (*last <= *first) return wrong(arguments_[2], "the range ends before it begins");
    // Far apart, their difference would not be a number.
    const auto width = static_cast<std::uint64_t>(*last) - static_cast<std::uint64_t>(*first);
    if (width % static_cast<std::uint64_t>(*step) != 0) {
      return wrong(arguments_[3], "steps of " + std::to_string(*step) + " do not end at " + std::to_string(*last));
    }
    if (width / static_cast<std::uint64_t>(*step) > static_cast<std::uint64_t>(kMostParts)) {
      return wrong(arguments_[3], "the range has more than " + std::to_string(kMostParts) + " steps", "choose a larger step");
    }
    text_.key.first = *first;
    text_.key.last = *last;
    text_.key.step = *step;
    return column(arguments_[0]);
  }

  PartitionBy by_;
  Piece word_;
  std::vector<Piece> arguments_;
  PartitionText text_;
};

}  // namespace

PartitionText read_partition(std::string_view text) {
  const Piece all = trimmed({text, 0});
  const std::size_t open = all.text.find('(');
  const bool is_function = open != std::string_view::npos && open > 0 && all.text[0] != '"';
  if (!is_function) {
    PartitionText plain;
    Result<Identifier> name = read_identifier(all.text);
    if (!name) return wrong(all, quoted(all.text) + " is no column's name: " + name.error().message);
    plain.key.column = *std::move(name);
    return plain;
  }
  const Piece word = trimmed({all.text.substr(0, open), all.offset});
  if (all.text.back() != ')')
    return wrong(all, "the bracket is not closed", "put it in quotes where a comma ends a value: between [ and ], and between { and }");
  std::vector<Piece> arguments = arguments_of({all.text.substr(open + 1, all.text.size() - open - 2), all.offset + open + 1});
  const auto by = function_of(word.text);
  if (!by) return wrong(word, "no table is divided by " + quoted(word.text), meant_by(word, arguments));
  return Reading(*by, word, std::move(arguments)).run();
}

}  // namespace penstock::yaml
