#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/ir/function.h"

namespace penstock::dialects {

class Writer;
struct CallSite;

/// How tightly a piece of SQL binds. Where targets differ, a level is chosen that is right on all of them: `||` is bracketed among
/// arithmetic.
enum class Level : std::uint8_t { any, disjunction, conjunction, negation, comparison, concatenation, sum, product, sign, primary };

/// A function's text, parsed once. Written as text with places in braces:
///   {0}          the argument, where any expression may stand
///   {0:sum}      the argument, bracketed unless it binds at least as tightly as the level (a name or its first letters)
///   {0?}         the argument as a predicate
///   {...}        every argument, with commas
///   {type}       the name of the result's type
///   {@sum 0 1}   an aggregate or window function of the arguments 0 and 1, with its DISTINCT, ORDER BY, FILTER and OVER;
///   {@sum ...}   of all arguments, {@count *} of the rows
struct Template {
  struct Piece {
    enum class Kind : std::uint8_t { text, argument, predicate, all, type, application, application_of_all, application_of_rows };
    Kind kind = Kind::text;
    std::string_view text;
    std::vector<std::uint8_t> arguments;
    Level level = Level::any;
  };
  std::vector<Piece> pieces;
};

/// What a dialect knows of one function.
struct Rule {
  enum class Kind : std::uint8_t { missing, text, code, refused };
  using Code = void (*)(Writer&, const CallSite&);

  Kind kind = Kind::missing;
  Level level = Level::primary;
  Template text;
  Code code = nullptr;
  std::string_view reason;   ///< Why the target cannot.
  std::string_view way_out;  ///< What to write instead.
};

/// One line of a dialect's table. The text lives as long as the program.
struct RuleRow {
  ir::Function function;
  std::string_view text;
  Level level = Level::primary;
  Rule::Code code = nullptr;
  std::string_view refusal = {};
  std::string_view way_out = {};
};

constexpr RuleRow say(ir::Function function, std::string_view text, Level level = Level::primary) {
  return {function, text, level, nullptr, {}, {}};
}
constexpr RuleRow run(ir::Function function, Rule::Code code, Level level = Level::primary) { return {function, {}, level, code, {}, {}}; }
constexpr RuleRow refuse(ir::Function function, std::string_view reason, std::string_view way_out) {
  return {function, {}, Level::primary, nullptr, reason, way_out};
}

/// A dialect's functions: the rows of its base, and its own over them.
class RuleTable {
 public:
  RuleTable() = default;
  RuleTable(const RuleTable& base, std::span<const RuleRow> rows);
  explicit RuleTable(std::span<const RuleRow> rows) : RuleTable(RuleTable(), rows) {}

  const Rule& operator[](ir::Function function) const { return rules_[static_cast<std::size_t>(function)]; }

 private:
  std::array<Rule, static_cast<std::size_t>(ir::Function::end_of_list)> rules_;
};

/// Aborts where the text is no template: a dialect's table is not input.
Template parse_template(std::string_view text);

}  // namespace penstock::dialects
