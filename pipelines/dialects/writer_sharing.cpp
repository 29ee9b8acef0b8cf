#include <algorithm>

#include "pipelines/dialects/sharing.h"
#include "pipelines/dialects/target.h"
#include "pipelines/dialects/usage.h"
#include "pipelines/dialects/writer.h"

// What of a query is computed once: the text is printed for nothing to see what it would repeat.

namespace penstock::dialects {
namespace {

/// How many columns the expression needs of its own input (0) and of those further out. A rewrite that changes nothing is the walk that
/// knows how deep it is.
class Widths final : public ir::Rewriter {
 public:
  std::vector<int> of = {0};

 protected:
  ir::ExpressionPtr replace_expression(const ir::ExpressionPtr& expression) override {
    const auto* read = std::get_if<ir::ColumnRef>(&expression->node);
    if (read == nullptr || read->depth < depth_) return nullptr;
    const auto level = static_cast<std::size_t>(read->depth - depth_);
    if (of.size() <= level) of.resize(level + 1, 0);
    of[level] = std::max(of[level], read->column + 1);
    return nullptr;
  }
  void enter_subquery() override { ++depth_; }
  void leave_subquery() override { --depth_; }

 private:
  int depth_ = 0;
};

ir::ExpressionPtr borrowed(const ir::Expression& expression) {
  return {std::shared_ptr<const ir::Expression>(), &expression};
}

}  // namespace

class PrintCounter final : public Sharing::Counter {
 public:
  PrintCounter(const Target& target, const KeptApart& kept_apart) : target_(target), kept_apart_(kept_apart) {}

  void count(const ir::Expression& expression, bool predicate, PrintCounts& counts) const override {
    Writer(target_).count(expression, predicate, counts, kept_apart_);
  }
  void count(const ir::AggregateCall& call, PrintCounts& counts) const override {
    Writer(target_).count(call, counts, kept_apart_);
  }

 private:
  const Target& target_;
  const KeptApart& kept_apart_;
};

const Env* Writer::stand_in_env(const std::vector<int>& widths) {
  const Env* outer = nullptr;
  for (auto width = widths.rbegin(); width != widths.rend(); ++width) {
    Source& source = arena_.sources.emplace_back();
    source.alias = "t";
    Env& env = arena_.envs.emplace_back();
    env.outer = outer;
    env.slots.resize(static_cast<std::size_t>(*width));
    source.columns.assign(env.slots.size(), "c");
    for (std::size_t i = 0; i < env.slots.size(); ++i) {
      env.slots[i].source = &source;
      env.slots[i].column = static_cast<int>(i);
    }
    outer = &env;
  }
  return outer;
}

void Writer::count(const ir::Expression& expression, bool predicate, PrintCounts& counts, const KeptApart& kept_apart) {
  folder_.keep_apart(kept_apart);
  counts_ = &counts;
  Widths widths;
  widths.rewrite(borrowed(expression));
  print(expression, *stand_in_env(widths.of), Level::any, predicate ? Form::predicate : Form::value, true);
}

void Writer::count(const ir::AggregateCall& call, PrintCounts& counts, const KeptApart& kept_apart) {
  folder_.keep_apart(kept_apart);
  counts_ = &counts;
  conditional_ = call.filter == nullptr ? 0 : 1;
  Widths widths;
  for (const ir::ExpressionPtr& argument : call.arguments) widths.rewrite(argument);
  for (const ir::SortKey& key : call.order_by) widths.rewrite(key.expression);
  if (call.filter != nullptr) widths.rewrite(call.filter);
  Slot one;
  one.kind = Slot::Kind::aggregate;
  one.aggregate = &call;
  one.env = stand_in_env(widths.of);
  slot(one, Level::any, Form::value, true);
}

ir::RelationPtr Writer::shared(const ir::Relation& relation) {
  ir::RelationPtr borrowed(std::shared_ptr<const ir::Relation>(), &relation);
  if (counts_ != nullptr || Sharing::is_plain(relation, rules_.copies_inlined)) return borrowed;
  const PrintCounter counter(target_, kept_apart_);
  changed_.push_back(Sharing(counter, rules_.copies_inlined, kept_apart_).rewrite(borrowed));
  folder_.keep_apart(kept_apart_);
  return changed_.back();
}

}  // namespace penstock::dialects
