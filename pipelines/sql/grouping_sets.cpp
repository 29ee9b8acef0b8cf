#include <algorithm>
#include <utility>

#include "pipelines/ir/equal.h"
#include "pipelines/ir/rewrite.h"
#include "pipelines/sql/select.h"

// GROUPING SETS, ROLLUP and CUBE become one Aggregate for each set of keys over the same rows, under UNION ALL: every target knows that,
// and NULL stands where a row is not grouped by a key.

namespace penstock::sql {
namespace {

constexpr std::size_t kMostSets = 64;

void add_missing(std::vector<int>& set, const std::vector<int>& keys) {
  for (const int key : keys) {
    if (std::find(set.begin(), set.end(), key) == set.end()) set.push_back(key);
  }
}

/// Tells whether an expression or a relation of a subquery reads what stands around it. A rewrite that changes nothing is the walk that
/// knows how deep it is.
class OutsideReads final : public ir::Rewriter {
 public:
  bool any = false;

 protected:
  ir::ExpressionPtr replace_expression(const ir::ExpressionPtr& expression) override {
    const auto* read = std::get_if<ir::ColumnRef>(&expression->node);
    if (read && read->depth > depth_) any = true;
    return nullptr;
  }
  void enter_subquery() override { ++depth_; }
  void leave_subquery() override { --depth_; }

 private:
  int depth_ = 0;
};

bool reads_outside(const ir::RelationPtr& relation) {
  OutsideReads reads;
  reads.rewrite(relation);
  return reads.any;
}

ir::RelationPtr columns_at(const ir::RelationPtr& relation, const std::vector<int>& places) {
  std::set<Identifier> taken;
  std::vector<ir::NamedExpression> columns;
  for (const int place : places) {
    columns.push_back({unique_name(relation->columns[static_cast<std::size_t>(place)].name, taken), ir::column_of(*relation, place)});
  }
  return ir::project(relation, std::move(columns));
}

}  // namespace

bool SelectBuilder::read_groups() {
  bool good = true;
  for (const Part part : select_["groupClause"]) {
    const auto further = grouping_sets(part);
    good = good && further;
    if (!good) continue;
    GroupingSets all;
    for (const std::vector<int>& set : sets_) {
      for (const std::vector<int>& keys : *further) {
        all.push_back(set);
        add_missing(all.back(), keys);
      }
    }
    sets_ = std::move(all);
    if (sets_.size() <= kMostSets) continue;
    reporter_.unsupported(part.inside().location(),
                          "these are " + std::to_string(sets_.size()) + " groupings, more than " + std::to_string(kMostSets),
                          "name the ones that are needed: group by grouping sets ((a, b), (a), ())");
    return false;
  }
  return good;
}

std::optional<SelectBuilder::GroupingSets> SelectBuilder::grouping_sets(Part part) {
  if (const Part row = part["RowExpr"]) return composite(row["args"], "ROW");
  if (const Part sets = part["GroupingSet"]) return composite(sets["content"], sets.text("kind"));
  const auto index = add_group(part);
  if (!index) return std::nullopt;
  return GroupingSets{{*index}};
}

std::optional<SelectBuilder::GroupingSets> SelectBuilder::composite(Part elements, std::string_view kind) {
  if (!resolver_.descend(0)) return std::nullopt;
  ++resolver_.depth_;
  std::vector<GroupingSets> parts;
  bool good = true;
  for (const Part element : elements) {
    auto sets = grouping_sets(element);
    good = good && sets;
    if (good) parts.push_back(std::move(*sets));
  }
  --resolver_.depth_;
  if (!good) return std::nullopt;
  GroupingSets result;
  if (kind == "GROUPING_SET_SETS") {
    for (const GroupingSets& sets : parts) result.insert(result.end(), sets.begin(), sets.end());
    return result;
  }
  // A row of keys, and every element of ROLLUP and CUBE, is one set.
  result.emplace_back();
  if (kind == "GROUPING_SET_ROLLUP") {
    for (const GroupingSets& sets : parts) {
      result.insert(result.begin(), result.front());
      add_missing(result.front(), sets.front());
    }
  } else if (kind == "GROUPING_SET_CUBE") {
    for (auto sets = parts.rbegin(); sets != parts.rend() && result.size() <= kMostSets; ++sets) {
      GroupingSets with = result;
      for (std::vector<int>& set : with) {
        std::vector<int> longer = sets->front();
        add_missing(longer, set);
        set = std::move(longer);
      }
      result.insert(result.begin(), with.begin(), with.end());
    }
  } else {
    for (const GroupingSets& sets : parts) add_missing(result.front(), sets.front());
  }
  return result;
}

// What GROUPING asks about must be keys.
bool SelectBuilder::check_groupings() {
  for (const GroupingCall& call : calls_.groupings) {
    for (const ir::ExpressionPtr& key : call.keys) {
      const auto same = [&key](const ir::NamedExpression& one) { return ir::is_equal(*one.expression, *key); };
      if (std::any_of(groups_.begin(), groups_.end(), same)) continue;
      reporter_.error(call.place, Code::not_grouped, "GROUPING asks about something by which is not grouped", {},
                      "its arguments are expressions of GROUP BY");
      return false;
    }
  }
  return true;
}

ir::RelationPtr SelectBuilder::grouped(const std::vector<ir::Aggregate::NamedCall>& calls, const std::vector<Identifier>& flags) {
  if (sets_.size() == 1 && flags.empty()) return ir::aggregate(relation_, groups_, calls);
  Ungrouped rows{relation_, groups_, calls};
  // A common table expression cannot see the query around.
  if (sets_.size() > 1 && !relation_->columns.empty() && !reads_outside(relation_)) rows = shared(rows);
  std::vector<ir::RelationPtr> branches;
  for (const std::vector<int>& set : sets_) branches.push_back(grouped_by(rows, set, flags));
  if (branches.size() == 1) return branches.front();
  ir::Columns columns = branches.front()->columns;
  for (const ir::RelationPtr& branch : branches) {
    for (std::size_t i = 0; i < columns.size(); ++i) columns.edit()[i].nullable |= branch->columns[i].nullable;
  }
  return ir::set_operation(ir::SetOperation::Kind::union_all, std::move(branches), std::move(columns));
}

// The rows are read once, and of their columns only those that are looked at.
SelectBuilder::Ungrouped SelectBuilder::shared(Ungrouped rows) {
  ir::Narrowing narrowing;
  for (ir::NamedExpression& key : rows.keys) key.expression = narrowing.rewrite(key.expression);
  for (auto& [name, call] : rows.calls) {
    for (ir::ExpressionPtr& argument : call.arguments) argument = narrowing.rewrite(argument);
    for (ir::SortKey& key : call.order_by) key.expression = narrowing.rewrite(key.expression);
    if (call.filter) call.filter = narrowing.rewrite(call.filter);
  }
  const Identifier name = unique_name(Identifier::exact("ungrouped"), resolver_.common_names_);
  // At least one: a table without columns cannot be named.
  rows.relation = ir::common(name, columns_at(rows.relation, narrowing.kept().empty() ? std::vector<int>{0} : narrowing.kept()));
  return rows;
}

ir::RelationPtr SelectBuilder::grouped_by(const Ungrouped& rows, const std::vector<int>& set, const std::vector<Identifier>& flags) const {
  const std::size_t wanted = rows.calls.size();
  std::vector<ir::Aggregate::NamedCall> calls = rows.calls;
  if (set.empty() && calls.empty()) {
    ir::AggregateCall count;
    count.function = ir::Function::count_rows;
    count.type = ir::Type::of(ir::TypeKind::int64);
    count.nullable = false;
    calls.push_back({Identifier::exact("rows"), count});
  }
  std::vector<ir::NamedExpression> keys;
  for (const int key : set) keys.push_back(rows.keys[static_cast<std::size_t>(key)]);
  const ir::RelationPtr groups = ir::aggregate(rows.relation, std::move(keys), std::move(calls));
  std::vector<ir::NamedExpression> columns;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const auto at = std::find(set.begin(), set.end(), static_cast<int>(i));
    columns.push_back({groups_[i].name, at == set.end() ? ir::null_literal(groups_[i].expression->type)
                                                        : ir::column_of(*groups, static_cast<int>(at - set.begin()))});
  }
  for (std::size_t i = 0; i < wanted; ++i) {
    const int place = static_cast<int>(set.size() + i);
    columns.push_back({groups->columns[static_cast<std::size_t>(place)].name, ir::column_of(*groups, place)});
  }
  for (std::size_t i = 0; i < flags.size(); ++i) {
    std::int64_t bits = 0;
    for (const ir::ExpressionPtr& asked : calls_.groupings[i].keys) {
      const bool is_key = std::any_of(set.begin(), set.end(),
                                      [&](int key) { return ir::is_equal(*groups_[static_cast<std::size_t>(key)].expression, *asked); });
      bits = 2 * bits + (is_key ? 0 : 1);
    }
    columns.push_back({flags[i], ir::literal(bits, ir::Type::of(ir::TypeKind::int32))});
  }
  return ir::project(groups, std::move(columns));
}

}  // namespace penstock::sql
