#include <algorithm>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <variant>

#include "pipelines/lineage/lineage.h"

namespace penstock::lineage {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

/// A column of a scanned table by its number, and how it reaches what is made from it.
struct Input {
  std::uint32_t column;
  bool direct;
  Subtype subtype;

  friend bool operator==(const Input&, const Input&) = default;
};

bool comes_before(const Input& left, const Input& right) {
  if (left.column != right.column) return left.column < right.column;
  if (left.direct != right.direct) return left.direct;
  return left.subtype < right.subtype;
}

/// Input columns: sorted, no repeats.
using Inputs = std::vector<Input>;

void add(Inputs& to, const Inputs& from) { to.insert(to.end(), from.begin(), from.end()); }

void tidy(Inputs& inputs) {
  std::sort(inputs.begin(), inputs.end(), comes_before);
  inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
}

/// The scanned columns, numbered as they come.
class ColumnNumbers {
 public:
  std::uint32_t of(const TableName& table, const Identifier& column) {
    const auto [found, is_new] = numbers_[table].try_emplace(column, count_);
    if (is_new) ++count_;
    return found->second;
  }

  std::uint32_t count() const { return count_; }
  const std::map<TableName, std::map<Identifier, std::uint32_t>>& by_name() const { return numbers_; }

 private:
  std::map<TableName, std::map<Identifier, std::uint32_t>> numbers_;
  std::uint32_t count_ = 0;
};

/// Gives inputs their names back, in order of these.
class Naming {
 public:
  Naming(const ColumnNumbers& columns, std::vector<TableName>& tables) : ranks_(columns.count()) {
    for (const auto& [table, numbers] : columns.by_name()) {
      for (const auto& [column, number] : numbers) {
        ranks_[number] = static_cast<std::uint32_t>(names_.size());
        names_.push_back({static_cast<std::uint32_t>(tables.size()), &column});
      }
      tables.push_back(table);
    }
  }

  std::vector<InputColumn> named(Inputs inputs) const {
    for (Input& input : inputs) input.column = ranks_[input.column];
    tidy(inputs);
    std::vector<InputColumn> named;
    named.reserve(inputs.size());
    for (const Input& input : inputs) {
      const Name& name = names_[input.column];
      named.push_back({name.table, *name.column, input.direct, input.subtype});
    }
    return named;
  }

 private:
  struct Name {
    std::uint32_t table;
    const Identifier* column;
  };
  std::vector<std::uint32_t> ranks_;
  std::vector<Name> names_;
};

/// What has been done to a value on its way: the strongest counts.
int strength(Subtype subtype) {
  if (subtype == Subtype::identity) return 0;
  return subtype == Subtype::transformation ? 1 : 2;
}

/// The same columns after one more thing was done to their values.
Inputs changed(Inputs inputs, Subtype by) {
  for (Input& input : inputs) {
    if (input.direct && strength(by) > strength(input.subtype)) input.subtype = by;
  }
  return inputs;
}

/// The same columns where they only decide something.
Inputs deciding(const Inputs& inputs, Subtype what) {
  Inputs result = inputs;
  for (Input& input : result) input = {input.column, false, what};
  return result;
}

/// What a relation's columns and rows are made from.
struct Traced {
  std::vector<Inputs> columns;
  Inputs rows;
};

class Tracer {
 public:
  bool is_opaque() const { return opaque_; }
  const ColumnNumbers& columns() const { return columns_; }

  const Traced& relation(const ir::Relation& relation) {
    // A common is traced once, however often it is read.
    if (const auto known = done_.find(&relation); known != done_.end()) return known->second;
    Traced traced = std::visit([&](const auto& node) { return of(node, relation); }, relation.node);
    for (Inputs& column : traced.columns) tidy(column);
    tidy(traced.rows);
    return done_.emplace(&relation, std::move(traced)).first->second;
  }

 private:
  Traced of(const ir::Scan& node, const ir::Relation&) {
    Traced traced;
    traced.columns.reserve(node.columns.size());
    for (const ir::Column& column : node.columns) traced.columns.push_back({{columns_.of(node.table, column.name), true, Subtype::identity}});
    return traced;
  }

  Traced of(const ir::Native&, const ir::Relation& relation) {
    opaque_ = true;
    Traced traced;
    traced.columns.resize(relation.columns.size());
    return traced;
  }

  Traced of(const ir::Values& node, const ir::Relation& relation) {
    Traced traced;
    traced.columns.resize(relation.columns.size());
    const Traced nothing;
    for (const auto& row : node.rows) {
      for (std::size_t i = 0; i < row.size() && i < traced.columns.size(); ++i) add(traced.columns[i], value(*row[i], nothing));
    }
    return traced;
  }

  Traced of(const ir::Project& node, const ir::Relation&) {
    const Traced& input = relation(*node.input);
    Traced traced;
    traced.rows = input.rows;
    for (const ir::NamedExpression& column : node.columns) traced.columns.push_back(value(*column.expression, input));
    return traced;
  }

  Traced of(const ir::Filter& node, const ir::Relation&) {
    Traced traced = relation(*node.input);
    add(traced.rows, deciding(value(*node.predicate, relation(*node.input)), Subtype::filter));
    return traced;
  }

  Traced of(const ir::Join& node, const ir::Relation& joined) {
    Traced both = relation(*node.left);
    const Traced& right = relation(*node.right);
    both.columns.insert(both.columns.end(), right.columns.begin(), right.columns.end());
    add(both.rows, right.rows);
    if (node.condition) add(both.rows, deciding(value(*node.condition, both), Subtype::join));
    both.columns.resize(joined.columns.size());
    return both;
  }

  Traced of(const ir::Aggregate& node, const ir::Relation&) {
    const Traced& input = relation(*node.input);
    Traced traced;
    traced.rows = input.rows;
    for (const ir::NamedExpression& key : node.keys) {
      traced.columns.push_back(value(*key.expression, input));
      add(traced.rows, deciding(traced.columns.back(), Subtype::group_by));
    }
    for (const auto& [name, call] : node.calls) {
      Inputs inputs = changed(values(call.arguments, input), Subtype::aggregation);
      if (call.filter) add(inputs, deciding(value(*call.filter, input), Subtype::filter));
      add(inputs, deciding(keys(call.order_by, input), Subtype::sort));
      traced.columns.push_back(std::move(inputs));
    }
    return traced;
  }

  Traced of(const ir::Window& node, const ir::Relation&) {
    Traced traced = relation(*node.input);
    const Traced& input = relation(*node.input);
    for (const auto& [name, call] : node.calls) {
      const bool aggregates = ir::spec(call.function).function_class == ir::FunctionClass::aggregate;
      Inputs inputs = changed(values(call.arguments, input), aggregates ? Subtype::aggregation : Subtype::transformation);
      add(inputs, deciding(values(call.partition_by, input), Subtype::window));
      add(inputs, deciding(keys(call.order_by, input), Subtype::window));
      if (call.filter) add(inputs, deciding(value(*call.filter, input), Subtype::filter));
      traced.columns.push_back(std::move(inputs));
    }
    return traced;
  }

  Traced of(const ir::SetOperation& node, const ir::Relation& result) {
    using Kind = ir::SetOperation::Kind;
    Traced traced;
    traced.columns.resize(result.columns.size());
    const bool subtracts = node.kind == Kind::except_all || node.kind == Kind::except_distinct;
    bool first = true;
    for (const ir::RelationPtr& input : node.inputs) {
      const Traced& one = relation(*input);
      add(traced.rows, one.rows);
      for (std::size_t i = 0; i < one.columns.size() && i < traced.columns.size(); ++i) {
        // The rows that EXCEPT takes away give no value: they only decide.
        if (first || !subtracts) {
          add(traced.columns[i], one.columns[i]);
        } else {
          add(traced.rows, deciding(one.columns[i], Subtype::filter));
        }
      }
      first = false;
    }
    return traced;
  }

  Traced of(const ir::Distinct& node, const ir::Relation&) {
    Traced traced = relation(*node.input);
    const std::size_t columns = traced.columns.size();
    for (std::size_t i = 0; i < columns; ++i) add(traced.rows, deciding(traced.columns[i], Subtype::group_by));
    return traced;
  }

  Traced of(const ir::Sort& node, const ir::Relation&) {
    Traced traced = relation(*node.input);
    add(traced.rows, deciding(keys(node.keys, relation(*node.input)), Subtype::sort));
    return traced;
  }

  Traced of(const ir::Limit& node, const ir::Relation&) { return relation(*node.input); }
  Traced of(const ir::Common& node, const ir::Relation&) { return relation(*node.input); }

  Inputs values(const std::vector<ir::ExpressionPtr>& expressions, const Traced& input) {
    Inputs inputs;
    for (const ir::ExpressionPtr& expression : expressions) add(inputs, value(*expression, input));
    return inputs;
  }

  Inputs keys(const std::vector<ir::SortKey>& sort_keys, const Traced& input) {
    Inputs inputs;
    for (const ir::SortKey& key : sort_keys) add(inputs, value(*key.expression, input));
    return inputs;
  }

  /// What the value of an expression over the columns of `input` is made from.
  Inputs value(const ir::Expression& expression, const Traced& input) {
    levels_.push_back(&input);
    Inputs inputs = of(expression);
    levels_.pop_back();
    tidy(inputs);
    return inputs;
  }

  Inputs all_of(const std::vector<ir::ExpressionPtr>& expressions) {
    Inputs inputs;
    for (const ir::ExpressionPtr& expression : expressions) add(inputs, of(*expression));
    return inputs;
  }

  Inputs of(const ir::Expression& expression) {
    return std::visit(Overloaded{
                          [](const ir::Literal&) { return Inputs{}; },
                          [](const ir::ParameterRef&) { return Inputs{}; },
                          [this](const ir::ColumnRef& node) { return column(node); },
                          [this](const ir::Call& node) { return changed(all_of(node.arguments), Subtype::transformation); },
                          [this](const ir::Cast& node) { return changed(of(*node.operand), Subtype::transformation); },
                          [this](const ir::Case& node) { return of_case(node); },
                          [this](const ir::InList& node) {
                            Inputs inputs = of(*node.operand);
                            add(inputs, all_of(node.options));
                            return changed(std::move(inputs), Subtype::transformation);
                          },
                          [this](const ir::Subquery& node) { return of_subquery(node); },
                      },
                      expression.node);
  }

  Inputs column(const ir::ColumnRef& node) const {
    const auto level = static_cast<std::ptrdiff_t>(levels_.size()) - 1 - node.depth;
    if (level < 0) return {};
    const Traced& input = *levels_[static_cast<std::size_t>(level)];
    const auto index = static_cast<std::size_t>(node.column);
    return index < input.columns.size() ? input.columns[index] : Inputs{};
  }

  Inputs of_case(const ir::Case& node) {
    Inputs inputs;
    for (const auto& [condition, result] : node.branches) {
      add(inputs, changed(of(*result), Subtype::transformation));
      add(inputs, deciding(of(*condition), Subtype::conditional));
    }
    if (node.otherwise) add(inputs, changed(of(*node.otherwise), Subtype::transformation));
    return inputs;
  }

  Inputs of_subquery(const ir::Subquery& node) {
    const Traced& traced = relation(*node.relation);
    Inputs inputs = deciding(traced.rows, Subtype::filter);
    if (node.kind == ir::Subquery::Kind::scalar) {
      if (!traced.columns.empty()) add(inputs, changed(traced.columns.front(), Subtype::transformation));
    } else {
      if (node.operand) add(inputs, changed(of(*node.operand), Subtype::transformation));
      if (node.kind == ir::Subquery::Kind::in && !traced.columns.empty()) add(inputs, deciding(traced.columns.front(), Subtype::filter));
    }
    return inputs;
  }

  ColumnNumbers columns_;
  std::unordered_map<const ir::Relation*, Traced> done_;
  std::vector<const Traced*> levels_;
  bool opaque_ = false;
};

}  // namespace

StepLineage trace(const ir::Relation& relation) {
  Tracer tracer;
  const Traced& traced = tracer.relation(relation);
  StepLineage lineage;
  const Naming naming(tracer.columns(), lineage.tables);
  lineage.rows = naming.named(traced.rows);
  lineage.opaque = tracer.is_opaque();
  for (std::size_t i = 0; i < traced.columns.size() && i < relation.columns.size(); ++i) {
    lineage.columns.push_back({relation.columns[i].name, naming.named(traced.columns[i])});
  }
  return lineage;
}

}  // namespace penstock::lineage
