#pragma once

#include <optional>
#include <set>
#include <vector>

#include "pipelines/sql/resolver.h"

namespace penstock::sql {

/// Builds one plain SELECT: reads every clause over the columns of FROM, then lays the operators one above the other:
/// Filter, Aggregate, Filter (HAVING), Window, Filter (DISTINCT ON), Project, Distinct, Sort, Limit.
class SelectBuilder {
 public:
  SelectBuilder(Resolver& resolver, Part select, const Frame* outer, bool keeps_order);
  Query build();

 private:
  /// By which of the keys each part of the rows is grouped; a plain GROUP BY is one such set.
  using GroupingSets = std::vector<std::vector<int>>;

  struct Item {
    Identifier name;
    bool named = false;
    ir::ExpressionPtr expression;
    std::size_t place = 0;
  };
  struct Order {
    ir::SortKey key;
    std::size_t place = 0;
  };

  /// What every grouping reads: the rows, with keys and calls over them.
  struct Ungrouped {
    ir::RelationPtr relation;
    std::vector<ir::NamedExpression> keys;
    std::vector<ir::Aggregate::NamedCall> calls;
  };

  // select.cpp
  bool read_from_and_where();
  bool read_items();
  bool read_star(Part fields, std::size_t place);
  void add_item(Identifier name, bool named, ir::ExpressionPtr expression, std::size_t place);
  void read_aliases();
  bool read_order();
  Operand output_or_expression(Part part, const Frame& frame, std::string_view clause);
  std::optional<std::size_t> ordinal(Part part, std::string_view clause, bool& wrong);
  const Item* item_named(const Identifier& name, std::size_t place, bool& ambiguous);
  Query project();
  Query arranged(Query query);
  Query with_hidden_keys();
  std::vector<ir::NamedExpression> output_columns(std::set<Identifier>& taken) const;

  // grouping_sets.cpp
  bool read_groups();
  std::optional<GroupingSets> grouping_sets(Part part);
  std::optional<GroupingSets> composite(Part elements, std::string_view kind);
  bool check_groupings();
  ir::RelationPtr grouped(const std::vector<ir::Aggregate::NamedCall>& calls, const std::vector<Identifier>& flags);
  Ungrouped shared(Ungrouped rows);
  ir::RelationPtr grouped_by(const Ungrouped& rows, const std::vector<int>& set, const std::vector<Identifier>& flags) const;

  // grouping.cpp
  std::optional<int> add_group(Part part);
  bool read_having();
  bool read_distinct_on();
  bool lift_groups();
  bool lift_windows();
  void check_total_order(const ir::WindowCall& call, std::size_t place) const;
  Identifier name_for(const ir::Expression& raw, std::string_view fallback, std::set<Identifier>& taken) const;
  bool lift(ir::Rewriter& lifting);

  Resolver& resolver_;
  const Reporter& reporter_;
  Part select_;
  const Frame* outer_;
  bool keeps_order_;
  FromItem from_;
  ir::RelationPtr relation_;
  LiftedCalls calls_;
  Frame frame_;
  std::vector<Identifier> aliases_;
  std::vector<Item> items_;
  std::vector<ir::NamedExpression> groups_;
  GroupingSets sets_{{}};
  ir::ExpressionPtr having_;
  std::vector<Order> order_;
  std::vector<Operand> distinct_on_;
};

}  // namespace penstock::sql
