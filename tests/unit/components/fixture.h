#pragma once

#include <map>
#include <string>
#include <vector>

#include "pipelines/components/component.h"
#include "tests/unit/interpreter/interpreter.h"

namespace penstock::testing {

/// A small reader of expressions for tests of components: names, whole numbers, 'texts', comparisons, + and *, `is [not] null`, `and`,
/// count(*), count(x), sum(x), min(x), max(x). The language's own parser is tested in its own suite.
class SmallExpressions final : public components::ExpressionParser {
 public:
  explicit SmallExpressions(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  ir::Place place(const model::Node&) override { return {}; }
  ir::ExpressionPtr scalar(const model::Node& text, const ir::Scope& scope) override;
  ir::ExpressionPtr predicate(const model::Node& text, const ir::Scope& scope) override;
  bool sort_key(const model::Node& text, const ir::Scope& scope, ir::SortKey& key) override;
  ir::ExpressionPtr aggregate(const model::Node& text, const ir::Scope& scope, std::span<const ir::NamedExpression> keys,
                              std::vector<ir::Aggregate::NamedCall>& calls) override;

 private:
  Diagnostics& diagnostics_;
};

/// A YAML flow value as a node: [a, {b: c}], {with: x, type: left}. Scalars may stand in single or double quotes.
model::Node node(std::string_view yaml);

/// Runs components over tables in memory.
struct Workshop {
  Interpreter target;
  Diagnostics diagnostics;
  std::vector<components::ImpliedCheck> implied;
  std::map<std::string, components::Input> tables;

  /// A table with columns "name type", such as {"id int64", "name text"}; the first one is the chain's input.
  void table(const std::string& name, const std::vector<std::string>& columns, Rows rows);
  /// One component after another, each "name: parameters"; null after errors.
  ir::RelationPtr chain(const std::vector<std::string>& calls);
  /// The rows of a check of the first table, "kind: parameters".
  ir::RelationPtr check(const std::string& call);

  /// The chain's rows as sorted text, or the diagnostics as text.
  std::vector<std::string> rows(const std::vector<std::string>& calls, bool in_order = false);
  std::vector<std::string> failing(const std::string& call);
  std::vector<std::string> implied_failing(std::size_t number) { return text_of(target.evaluate(*implied.at(number).failing)); }
  /// "PEN4002 rows that tie ...; did you mean ...; help" per diagnostic.
  std::vector<std::string> messages() const;

 private:
  std::string first_;
  template <typename Body>
  auto with_context(Body body);
};

std::vector<std::string> names_of(const ir::Columns& columns);

}  // namespace penstock::testing
