#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "pipelines/ir/relation.h"

namespace penstock::ir {

/// Visits every relation and expression below a tree, inputs and subqueries included, each shared node once, in order of first use:
/// an operator before its inputs, its inputs before its expressions, each node before its children. One use, one thread.
class Walker {
 public:
  virtual ~Walker() = default;

  void walk(const Relation& relation);
  /// `depth` is the number of subqueries around the expression.
  void walk(const Expression& expression);

 protected:
  virtual void enter_relation(const Relation& relation) { static_cast<void>(relation); }
  virtual void enter_expression(const Expression& expression) { static_cast<void>(expression); }

 private:
  std::unordered_set<const void*> seen_;
};

/// Builds a changed copy of a tree. Nodes that do not change are shared with the old tree, and a node that is used twice is changed
/// once, so that a Common stays one. One use, one thread.
class Rewriter {
 public:
  virtual ~Rewriter() = default;

  RelationPtr rewrite(const RelationPtr& relation);
  ExpressionPtr rewrite(const ExpressionPtr& expression);

 protected:
  /// What to put in the place of a node, asked before its children; null to go on into them.
  virtual RelationPtr replace_relation(const RelationPtr& relation) {
    static_cast<void>(relation);
    return nullptr;
  }
  virtual ExpressionPtr replace_expression(const ExpressionPtr& expression) {
    static_cast<void>(expression);
    return nullptr;
  }
  /// Called around the relation of a subquery.
  virtual void enter_subquery() {}
  virtual void leave_subquery() {}

  /// The node with its children rewritten, for those who replace it after them.
  RelationPtr rewrite_children(const RelationPtr& relation);

 private:
  ExpressionPtr rewrite_children(const ExpressionPtr& expression);
  bool rewrite(std::vector<NamedExpression>& expressions);
  bool rewrite(std::vector<ExpressionPtr>& expressions);
  bool rewrite(std::vector<SortKey>& keys);
  bool change(RelationPtr& relation);
  bool change(ExpressionPtr& expression);

  std::unordered_map<const Relation*, RelationPtr> relations_;
};

/// Moves expressions over a relation to a list of those of its columns that they read, in the order in which they are first met.
class Narrowing final : public Rewriter {
 public:
  const std::vector<int>& kept() const { return kept_; }

 protected:
  ExpressionPtr replace_expression(const ExpressionPtr& expression) override;
  void enter_subquery() override { ++depth_; }
  void leave_subquery() override { --depth_; }

 private:
  std::vector<int> kept_;
  int depth_ = 0;
};

/// The relation with everything in it that was written nowhere written at that place, down to `below`, which stays as it is.
RelationPtr placed(const RelationPtr& relation, const RelationPtr& below, Place place);

/// The expression as it is seen from `levels` subqueries further inside (or outside, when negative): the depth of every column that leads
/// out of it is changed.
ExpressionPtr shift_depth(const ExpressionPtr& expression, int levels);

}  // namespace penstock::ir
