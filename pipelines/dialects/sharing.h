#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "pipelines/dialects/fold.h"
#include "pipelines/ir/rewrite.h"

namespace penstock::dialects {

/// How often an expression is printed, and how often of that where it is computed whatever other expressions give.
struct Prints {
  std::uint32_t all = 0;
  std::uint32_t always = 0;
};
using PrintCounts = std::unordered_map<const ir::Expression*, Prints>;

/// Computes once what the target's text would say more than once though it is costly: a subquery that a function's text repeats, and,
/// where the target copies the columns of an inlined block into its readers, a parsed text or a regular expression that several columns
/// use. Such an expression becomes a column of a Project below the operator, which must be kept apart.
class Sharing final : public ir::Rewriter {
 public:
  /// Prints expressions over columns (a call over groups too) for nothing, and adds to the counts of the expressions that are in the map.
  struct Counter {
    virtual ~Counter() = default;
    virtual void count(const ir::Expression& expression, bool predicate, PrintCounts& counts) const = 0;
    virtual void count(const ir::AggregateCall& call, PrintCounts& counts) const = 0;
  };

  /// What must be kept apart is added to `kept_apart`, which the counter may heed.
  Sharing(const Counter& counter, bool target_copies, KeptApart& kept_apart)
      : counter_(counter), target_copies_(target_copies), kept_apart_(kept_apart) {}

  /// Nothing in it can be worth sharing?
  static bool is_plain(const ir::Relation& relation, bool target_copies);

 protected:
  ir::RelationPtr replace_relation(const ir::RelationPtr& relation) override;

 private:
  /// What of an operator's input is shared: columns of it, and expressions over it that become columns behind them.
  struct Shared {
    std::vector<int> columns;
    std::vector<ir::ExpressionPtr> expressions;
    bool is_empty() const { return columns.empty() && expressions.empty(); }
  };

  ir::RelationPtr share(const ir::Project& project);
  ir::RelationPtr share(const ir::Filter& filter);
  ir::RelationPtr share(const ir::Aggregate& aggregate);
  ir::ExpressionPtr repeated(const ir::RelationPtr& input, const std::vector<ir::ExpressionPtr>& roots,
                             const Shared& shared, const std::function<void(PrintCounts&)>& count) const;
  static bool note(Shared& shared, const ir::ExpressionPtr& found, const ir::RelationPtr& input, ir::ExpressionPtr& column);
  ir::RelationPtr below(const ir::RelationPtr& input, const std::vector<int>& kept, const Shared& shared);
  bool is_costly(const ir::Expression& expression, const ir::Relation& input) const;
  bool holds_costly(const ir::Expression& expression, const ir::Relation& input) const;
  bool is_costly_column(const ir::Relation& relation, int column) const;

  const Counter& counter_;
  const bool target_copies_;
  KeptApart& kept_apart_;
};

}  // namespace penstock::dialects
