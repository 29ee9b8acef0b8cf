#include "pipelines/ir/rewrite.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace penstock::ir {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

template <typename Visit>
void each_relation(const Relation& relation, const Visit& visit) {
  std::visit(Overloaded{
                 [&](const Scan&) {},
                 [&](const Values&) {},
                 [&](const Native&) {},
                 [&](const Join& node) {
                   visit(node.left);
                   visit(node.right);
                 },
                 [&](const SetOperation& node) {
                   for (const RelationPtr& input : node.inputs) visit(input);
                 },
                 [&](const auto& node) { visit(node.input); },
             },
             relation.node);
}

template <typename Visit>
void each_key(const std::vector<SortKey>& keys, const Visit& visit) {
  for (const SortKey& key : keys) visit(key.expression);
}

template <typename Visit>
void each_expression(const Relation& relation, const Visit& visit) {
  const auto named = [&](const std::vector<NamedExpression>& expressions) {
    for (const NamedExpression& column : expressions) visit(column.expression);
  };
  const auto all = [&](const std::vector<ExpressionPtr>& expressions) {
    for (const ExpressionPtr& expression : expressions) visit(expression);
  };
  std::visit(Overloaded{
                 [&](const Values& node) {
                   for (const auto& row : node.rows) all(row);
                 },
                 [&](const Native& node) { all(node.values); },
                 [&](const Project& node) { named(node.columns); },
                 [&](const Filter& node) { visit(node.predicate); },
                 [&](const Join& node) { visit(node.condition); },
                 [&](const Aggregate& node) {
                   named(node.keys);
                   for (const auto& [name, call] : node.calls) {
                     all(call.arguments);
                     visit(call.filter);
                     each_key(call.order_by, visit);
                   }
                 },
                 [&](const Window& node) {
                   for (const auto& [name, call] : node.calls) {
                     all(call.arguments);
                     all(call.partition_by);
                     each_key(call.order_by, visit);
                     visit(call.filter);
                   }
                 },
                 [&](const Sort& node) { each_key(node.keys, visit); },
                 [&](const auto&) {},
             },
             relation.node);
}

class DepthShifter final : public Rewriter {
 public:
  explicit DepthShifter(int levels) : levels_(levels) {}

 protected:
  ExpressionPtr replace_expression(const ExpressionPtr& expression) override {
    const auto* read = std::get_if<ColumnRef>(&expression->node);
    if (!read || read->depth < inside_) return nullptr;
    return column_for(*expression, read->column, read->depth + levels_);
  }
  void enter_subquery() override { ++inside_; }
  void leave_subquery() override { --inside_; }

 private:
  int levels_;
  int inside_ = 0;
};

/// Gives a place to what has none. The parts of an expression belong to it.
class Placer final : public Rewriter {
 public:
  Placer(const RelationPtr& below, Place place) : below_(below), place_(place) {}

 protected:
  RelationPtr replace_relation(const RelationPtr& relation) override {
    if (relation == below_) return relation;
    Relation copy = *rewrite_children(relation);
    const auto place_calls = [this](auto& calls) {
      for (auto& [name, call] : calls) set(call.place);
    };
    std::visit(Overloaded{
                   [&](Aggregate& node) { place_calls(node.calls); },
                   [&](Window& node) { place_calls(node.calls); },
                   [&](SetOperation& node) { set(node.place); },
                   [&](Limit& node) { set(node.place); },
                   [](auto&) {},
               },
               copy.node);
    return std::make_shared<const Relation>(std::move(copy));
  }
  ExpressionPtr replace_expression(const ExpressionPtr& expression) override { return placed(expression, place_); }

 private:
  void set(Place& place) const {
    if (!place) place = place_;
  }

  const RelationPtr below_;
  const Place place_;
};

}  // namespace

void Walker::walk(const Relation& relation) {
  if (!seen_.insert(&relation).second) return;
  enter_relation(relation);
  each_relation(relation, [this](const RelationPtr& input) { walk(*input); });
  each_expression(relation, [this](const ExpressionPtr& expression) {
    if (expression) walk(*expression);
  });
}

void Walker::walk(const Expression& expression) {
  enter_expression(expression);
  const auto visit = [this](const ExpressionPtr& child) {
    if (child) walk(*child);
  };
  std::visit(Overloaded{
                 [&](const Call& node) {
                   for (const ExpressionPtr& argument : node.arguments) visit(argument);
                 },
                 [&](const Cast& node) { visit(node.operand); },
                 [&](const Case& node) {
                   for (const auto& [condition, result] : node.branches) {
                     visit(condition);
                     visit(result);
                   }
                   visit(node.otherwise);
                 },
                 [&](const InList& node) {
                   visit(node.operand);
                   for (const ExpressionPtr& option : node.options) visit(option);
                 },
                 [&](const Subquery& node) {
                   visit(node.operand);
                   walk(*node.relation);
                 },
                 [&](const auto&) {},
             },
             expression.node);
}

RelationPtr Rewriter::rewrite(const RelationPtr& relation) {
  if (const auto found = relations_.find(relation.get()); found != relations_.end()) return found->second;
  RelationPtr result = replace_relation(relation);
  if (!result) result = rewrite_children(relation);
  relations_.emplace(relation.get(), result);
  return result;
}

ExpressionPtr Rewriter::rewrite(const ExpressionPtr& expression) {
  if (ExpressionPtr result = replace_expression(expression)) return result;
  return rewrite_children(expression);
}

bool Rewriter::change(RelationPtr& relation) {
  RelationPtr result = rewrite(relation);
  if (result == relation) return false;
  relation = std::move(result);
  return true;
}

bool Rewriter::change(ExpressionPtr& expression) {
  if (!expression) return false;
  ExpressionPtr result = rewrite(expression);
  if (result == expression) return false;
  expression = std::move(result);
  return true;
}

bool Rewriter::rewrite(std::vector<NamedExpression>& expressions) {
  bool changed = false;
  for (NamedExpression& column : expressions) changed = change(column.expression) || changed;
  return changed;
}

bool Rewriter::rewrite(std::vector<ExpressionPtr>& expressions) {
  bool changed = false;
  for (ExpressionPtr& expression : expressions) changed = change(expression) || changed;
  return changed;
}

bool Rewriter::rewrite(std::vector<SortKey>& keys) {
  bool changed = false;
  for (SortKey& key : keys) changed = change(key.expression) || changed;
  return changed;
}

RelationPtr Rewriter::rewrite_children(const RelationPtr& relation) {
  Relation copy = *relation;
  bool changed = false;
  const auto note = [&changed](bool one) { changed = one || changed; };
  std::visit(Overloaded{
                 [&](Scan&) {},
                 [&](Native& node) { note(rewrite(node.values)); },
                 [&](Values& node) {
                   for (auto& row : node.rows) note(rewrite(row));
                 },
                 [&](Project& node) {
                   note(change(node.input));
                   note(rewrite(node.columns));
                 },
                 [&](Filter& node) {
                   note(change(node.input));
                   note(change(node.predicate));
                 },
                 [&](Join& node) {
                   note(change(node.left));
                   note(change(node.right));
                   note(change(node.condition));
                 },
                 [&](Aggregate& node) {
                   note(change(node.input));
                   note(rewrite(node.keys));
                   for (auto& [name, call] : node.calls) {
                     note(rewrite(call.arguments));
                     note(change(call.filter));
                     note(rewrite(call.order_by));
                   }
                 },
                 [&](Window& node) {
                   note(change(node.input));
                   for (auto& [name, call] : node.calls) {
                     note(rewrite(call.arguments));
                     note(rewrite(call.partition_by));
                     note(rewrite(call.order_by));
                     note(change(call.filter));
                   }
                 },
                 [&](SetOperation& node) {
                   for (RelationPtr& input : node.inputs) note(change(input));
                 },
                 [&](Sort& node) {
                   note(change(node.input));
                   note(rewrite(node.keys));
                 },
                 [&](auto& node) { note(change(node.input)); },
             },
             copy.node);
  return changed ? std::make_shared<const Relation>(std::move(copy)) : relation;
}

ExpressionPtr Rewriter::rewrite_children(const ExpressionPtr& expression) {
  // Leaves are most of a tree: they are not copied to be looked at.
  const auto& old = expression->node;
  if (std::holds_alternative<Literal>(old) || std::holds_alternative<ColumnRef>(old) || std::holds_alternative<ParameterRef>(old)) {
    return expression;
  }
  Expression copy = *expression;
  bool changed = false;
  const auto note = [&changed](bool one) { changed = one || changed; };
  std::visit(Overloaded{
                 [&](Call& node) { note(rewrite(node.arguments)); },
                 [&](Cast& node) { note(change(node.operand)); },
                 [&](Case& node) {
                   for (auto& [condition, result] : node.branches) {
                     note(change(condition));
                     note(change(result));
                   }
                   note(change(node.otherwise));
                 },
                 [&](InList& node) {
                   note(change(node.operand));
                   note(rewrite(node.options));
                 },
                 [&](Subquery& node) {
                   note(change(node.operand));
                   enter_subquery();
                   note(change(node.relation));
                   leave_subquery();
                 },
                 [&](auto&) {},
             },
             copy.node);
  return changed ? std::make_shared<const Expression>(std::move(copy)) : expression;
}

ExpressionPtr Narrowing::replace_expression(const ExpressionPtr& expression) {
  const auto* read = std::get_if<ColumnRef>(&expression->node);
  if (!read || read->depth != depth_) return nullptr;
  auto place = std::find(kept_.begin(), kept_.end(), read->column);
  if (place == kept_.end()) place = kept_.insert(kept_.end(), read->column);
  return column_for(*expression, static_cast<int>(place - kept_.begin()), read->depth);
}

RelationPtr placed(const RelationPtr& relation, const RelationPtr& below, Place place) { return Placer(below, place).rewrite(relation); }

ExpressionPtr shift_depth(const ExpressionPtr& expression, int levels) {
  return levels == 0 ? expression : DepthShifter(levels).rewrite(expression);
}

}  // namespace penstock::ir
