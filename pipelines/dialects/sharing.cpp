#include "pipelines/dialects/sharing.h"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

#include "pipelines/dialects/usage.h"
#include "pipelines/ir/equal.h"

namespace penstock::dialects {
namespace {

constexpr std::size_t kMostShared = 32;
constexpr std::size_t kMostCompared = 500;

bool parses(const ir::Expression& expression) {
  if (const auto* cast = std::get_if<ir::Cast>(&expression.node)) {
    if (std::holds_alternative<ir::Literal>(cast->operand->node)) return false;
    return (expression.type.kind == ir::TypeKind::json) != (cast->operand->type.kind == ir::TypeKind::json);
  }
  using F = ir::Function;
  const auto* call = std::get_if<ir::Call>(&expression.node);
  if (!call) return false;
  return call->function == F::md5 || call->function == F::regexp_like || call->function == F::regexp_replace ||
         call->function == F::regexp_substring;
}

bool is_costly_itself(const ir::Expression& expression, bool target_copies) {
  return std::holds_alternative<ir::Subquery>(expression.node) || (target_copies && parses(expression));
}

class CostSearch final : public ir::Walker {
 public:
  explicit CostSearch(bool target_copies) : target_copies_(target_copies) {}
  bool found = false;

 protected:
  void enter_expression(const ir::Expression& expression) override { found = found || is_costly_itself(expression, target_copies_); }

 private:
  bool target_copies_;
};

/// Puts a column in the place of whatever equals an expression.
class Replacement final : public ir::Rewriter {
 public:
  Replacement(const ir::ExpressionPtr& from, ir::ExpressionPtr to) : from_(from), to_(std::move(to)) {}

 protected:
  ir::ExpressionPtr replace_expression(const ir::ExpressionPtr& expression) override {
    return depth_ == 0 && ir::is_equal(*expression, *from_) ? to_ : nullptr;
  }
  void enter_subquery() override { ++depth_; }
  void leave_subquery() override { --depth_; }

 private:
  const ir::ExpressionPtr from_;
  const ir::ExpressionPtr to_;
  int depth_ = 0;
};

bool holds(const std::vector<int>& columns, int column) { return std::find(columns.begin(), columns.end(), column) != columns.end(); }

void add_conjuncts(const ir::ExpressionPtr& predicate, std::vector<ir::ExpressionPtr>& conjuncts) {
  const auto* call = std::get_if<ir::Call>(&predicate->node);
  if (!call || call->function != ir::Function::logical_and) return conjuncts.push_back(predicate);
  for (const ir::ExpressionPtr& part : call->arguments) add_conjuncts(part, conjuncts);
}

}  // namespace

bool Sharing::is_plain(const ir::Relation& relation, bool target_copies) {
  CostSearch search(target_copies);
  search.walk(relation);
  return !search.found;
}

ir::RelationPtr Sharing::replace_relation(const ir::RelationPtr& relation) {
  ir::RelationPtr changed = rewrite_children(relation);
  ir::RelationPtr shared;
  if (const auto* project = std::get_if<ir::Project>(&changed->node)) shared = share(*project);
  if (const auto* filter = std::get_if<ir::Filter>(&changed->node)) shared = share(*filter);
  if (const auto* aggregate = std::get_if<ir::Aggregate>(&changed->node)) shared = share(*aggregate);
  return shared ? shared : changed;
}

ir::RelationPtr Sharing::share(const ir::Project& project) {
  std::vector<ir::NamedExpression> columns = project.columns;
  Shared shared;
  while (shared.columns.size() + shared.expressions.size() < kMostShared) {
    std::vector<ir::ExpressionPtr> roots;
    for (const ir::NamedExpression& column : columns) roots.push_back(column.expression);
    const ir::ExpressionPtr found = repeated(project.input, roots, shared, [&](PrintCounts& counts) {
      for (const ir::ExpressionPtr& root : roots) counter_.count(*root, false, counts);
    });
    if (!found) break;
    ir::ExpressionPtr made;
    if (!note(shared, found, project.input, made)) continue;
    Replacement replacement(found, made);
    for (ir::NamedExpression& column : columns) column.expression = replacement.rewrite(column.expression);
  }
  if (shared.is_empty()) return nullptr;
  ir::Narrowing narrowing;
  for (ir::NamedExpression& column : columns) column.expression = narrowing.rewrite(column.expression);
  return ir::project(below(project.input, narrowing.kept(), shared), std::move(columns));
}

ir::RelationPtr Sharing::share(const ir::Filter& filter) {
  ir::ExpressionPtr predicate = filter.predicate;
  Shared shared;
  while (shared.columns.size() + shared.expressions.size() < kMostShared) {
    // In which order the conditions are tested is nobody's promise.
    std::vector<ir::ExpressionPtr> conjuncts;
    add_conjuncts(predicate, conjuncts);
    const ir::ExpressionPtr found = repeated(filter.input, conjuncts, shared, [&](PrintCounts& counts) {
      for (const ir::ExpressionPtr& conjunct : conjuncts) counter_.count(*conjunct, true, counts);
    });
    if (!found) break;
    ir::ExpressionPtr made;
    if (note(shared, found, filter.input, made)) predicate = Replacement(found, made).rewrite(predicate);
  }
  if (shared.is_empty()) return nullptr;
  std::vector<int> all;
  for (int i = 0; i < static_cast<int>(filter.input->columns.size() + shared.expressions.size()); ++i) all.push_back(i);
  const ir::RelationPtr kept = ir::filter(below(filter.input, all, shared), predicate);
  std::vector<ir::NamedExpression> columns;
  for (std::size_t i = 0; i < filter.input->columns.size(); ++i) {
    columns.push_back({filter.input->columns[i].name, ir::column_of(*kept, static_cast<int>(i))});
  }
  return ir::project(kept, std::move(columns));
}

ir::RelationPtr Sharing::share(const ir::Aggregate& aggregate) {
  std::vector<ir::NamedExpression> keys = aggregate.keys;
  std::vector<ir::Aggregate::NamedCall> calls = aggregate.calls;
  Shared shared;
  const auto rewrite = [&](ir::Rewriter& rewriter) {
    for (ir::NamedExpression& key : keys) key.expression = rewriter.rewrite(key.expression);
    for (auto& [name, call] : calls) {
      for (ir::ExpressionPtr& argument : call.arguments) argument = rewriter.rewrite(argument);
      for (ir::SortKey& key : call.order_by) key.expression = rewriter.rewrite(key.expression);
      if (call.filter) call.filter = rewriter.rewrite(call.filter);
    }
  };
  while (shared.columns.size() + shared.expressions.size() < kMostShared) {
    std::vector<ir::ExpressionPtr> roots;
    for (const ir::NamedExpression& key : keys) roots.push_back(key.expression);
    for (const auto& [name, call] : calls) roots.insert(roots.end(), call.arguments.begin(), call.arguments.end());
    const ir::ExpressionPtr found = repeated(aggregate.input, roots, shared, [&](PrintCounts& counts) {
      for (const ir::NamedExpression& key : keys) counter_.count(*key.expression, false, counts);
      for (const auto& [name, call] : calls) counter_.count(call, counts);
    });
    if (!found) break;
    ir::ExpressionPtr made;
    if (!note(shared, found, aggregate.input, made)) continue;
    Replacement replacement(found, made);
    rewrite(replacement);
  }
  if (shared.is_empty()) return nullptr;
  ir::Narrowing narrowing;
  rewrite(narrowing);
  return ir::aggregate(below(aggregate.input, narrowing.kept(), shared), std::move(keys), std::move(calls));
}

// The outermost costly expression that would be printed more than once, and once in any case. Equal ones count together.
ir::ExpressionPtr Sharing::repeated(const ir::RelationPtr& input, const std::vector<ir::ExpressionPtr>& roots,
                                    const Shared& shared, const std::function<void(PrintCounts&)>& count) const {
  std::vector<const ir::Expression*> candidates;
  const auto is_shared = [&](const ir::Expression& expression) {
    const auto* read = std::get_if<ir::ColumnRef>(&expression.node);
    return read && holds(shared.columns, read->column);
  };
  const auto collect = [&](const auto& self, const ir::Expression& expression) -> void {
    if (is_costly(expression, *input) && !is_shared(expression)) candidates.push_back(&expression);
    each_child(expression, [&](const ir::Expression& child) { self(self, child); });
  };
  for (const ir::ExpressionPtr& root : roots) collect(collect, *root);
  if (candidates.empty()) return nullptr;
  PrintCounts counts;
  for (const ir::Expression* candidate : candidates) counts[candidate] = {};
  count(counts);
  for (const ir::Expression* candidate : candidates) {
    Prints sum;
    std::unordered_set<const ir::Expression*> seen;
    for (const ir::Expression* other : candidates) {
      if (!seen.insert(other).second) continue;
      if (candidate != other && (candidates.size() > kMostCompared || !ir::is_equal(*candidate, *other))) continue;
      sum.all += counts[other].all;
      sum.always += counts[other].always;
    }
    if (sum.all < 2 || sum.always == 0) continue;
    // Some are said twice even as a column.
    PrintCounts alone{{candidate, {}}};
    counter_.count(*candidate, false, alone);
    if (sum.all > alone[candidate].all) return std::make_shared<const ir::Expression>(*candidate);
  }
  return nullptr;
}

// An expression is made a column; a column of the input is shared as it is. True where something is made.
bool Sharing::note(Shared& shared, const ir::ExpressionPtr& found, const ir::RelationPtr& input, ir::ExpressionPtr& column) {
  if (const auto* read = std::get_if<ir::ColumnRef>(&found->node)) {
    shared.columns.push_back(read->column);
    return false;
  }
  column = ir::column_for(*found, static_cast<int>(input->columns.size() + shared.expressions.size()));
  shared.expressions.push_back(found);
  return true;
}

ir::RelationPtr Sharing::below(const ir::RelationPtr& input, const std::vector<int>& kept, const Shared& shared) {
  std::vector<ir::NamedExpression> columns;
  std::vector<int> places;
  std::set<Identifier> names;
  for (const ir::Column& column : input->columns) names.insert(column.name);
  for (const int place : kept) {
    if (place < static_cast<int>(input->columns.size())) {
      if (holds(shared.columns, place)) places.push_back(static_cast<int>(columns.size()));
      columns.push_back({input->columns[static_cast<std::size_t>(place)].name, ir::column_of(*input, place)});
      continue;
    }
    const ir::ExpressionPtr& expression = shared.expressions[static_cast<std::size_t>(place) - input->columns.size()];
    places.push_back(static_cast<int>(columns.size()));
    std::size_t number = 1;
    while (!names.insert(Identifier::exact("shared_" + std::to_string(number))).second) ++number;
    columns.push_back({Identifier::exact("shared_" + std::to_string(number)), expression});
  }
  ir::RelationPtr apart = ir::project(input, std::move(columns));
  // What is shared may itself hold what is.
  if (ir::RelationPtr deeper = share(std::get<ir::Project>(apart->node))) apart = std::move(deeper);
  kept_apart_.emplace(apart.get(), std::move(places));
  return apart;
}

bool Sharing::is_costly(const ir::Expression& expression, const ir::Relation& input) const {
  if (is_costly_itself(expression, target_copies_)) return true;
  const auto* read = std::get_if<ir::ColumnRef>(&expression.node);
  return read && read->depth == 0 && is_costly_column(input, read->column);
}

bool Sharing::holds_costly(const ir::Expression& expression, const ir::Relation& input) const {
  if (is_costly(expression, input)) return true;
  bool found = false;
  each_child(expression, [&](const ir::Expression& child) { found = found || holds_costly(child, input); });
  return found;
}

// Is the column computed by something costly in a block that is written into its readers, by us or by the target?
bool Sharing::is_costly_column(const ir::Relation& relation, int column) const {
  if (column >= static_cast<int>(relation.columns.size())) return false;
  if (const auto* project = std::get_if<ir::Project>(&relation.node)) {
    const auto apart = kept_apart_.find(&relation);
    if (apart != kept_apart_.end() && holds(apart->second, column)) return false;
    return holds_costly(*project->columns[static_cast<std::size_t>(column)].expression, *project->input);
  }
  if (const auto* filter = std::get_if<ir::Filter>(&relation.node)) return is_costly_column(*filter->input, column);
  if (const auto* sort = std::get_if<ir::Sort>(&relation.node)) return is_costly_column(*sort->input, column);
  if (const auto* common = std::get_if<ir::Common>(&relation.node)) return target_copies_ && is_costly_column(*common->input, column);
  const auto* join = std::get_if<ir::Join>(&relation.node);
  if (!join || join->kind == ir::Join::Kind::full || join->kind == ir::Join::Kind::right) return false;
  const int left = static_cast<int>(join->left->columns.size());
  if (column < left) return is_costly_column(*join->left, column);
  return join->kind != ir::Join::Kind::left && is_costly_column(*join->right, column - left);
}

}  // namespace penstock::dialects
