#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "pipelines/base/diagnostic.h"
#include "pipelines/ir/relation.h"
#include "pipelines/ir/scope.h"
#include "pipelines/model/node.h"
#include "pipelines/model/spec.h"

namespace penstock::components {

/// Turns the expressions that a person wrote in a component's parameters into typed trees. Implemented by sql/. Every method reports
/// what is wrong as diagnostics at the expression's own place and then returns null (or false).
class ExpressionParser {
 public:
  virtual ~ExpressionParser() = default;

  /// The place that a tree keeps of what is made from a value that is no expression. The value lives as long as the project.
  virtual ir::Place place(const model::Node& text) = 0;

  /// A scalar expression over the scope: no aggregate, no window function.
  virtual ir::ExpressionPtr scalar(const model::Node& text, const ir::Scope& scope) = 0;

  /// A scalar expression that must be boolean.
  virtual ir::ExpressionPtr predicate(const model::Node& text, const ir::Scope& scope) = 0;

  /// "mean_delay desc nulls last": one sort key.
  virtual bool sort_key(const model::Node& text, const ir::Scope& scope, ir::SortKey& key) = 0;

  /// An expression with aggregates. Its aggregates are appended to `calls` (an equal one is used again), and the result reads the columns
  /// of an Aggregate whose keys are `keys` and whose calls are `calls`: key i is column i, call i is column keys.size() + i.
  virtual ir::ExpressionPtr aggregate(const model::Node& text, const ir::Scope& scope, std::span<const ir::NamedExpression> keys,
                                      std::vector<ir::Aggregate::NamedCall>& calls) = 0;
};

/// A relation under the name by which expressions may call it.
struct Input {
  Identifier name;
  ir::RelationPtr relation;
  bool open = false;  ///< Its columns are not known.
};

/// An audit that a component implies, such as a join that expects at most one match: a query for the rows that break it.
struct ImpliedCheck {
  std::string name;
  ir::RelationPtr failing;
  Span where;
};

/// What a component may ask for while it is built.
struct Context {
  ExpressionParser& expressions;
  Diagnostics& diagnostics;
  /// The step or source of that name, or null after a diagnostic.
  std::function<const Input*(const model::Node& name)> table;
  std::vector<ImpliedCheck>& implied_checks;
};

/// One curated component. It never sees a dialect.
struct ComponentSpec {
  model::ObjectSpec parameters;  ///< Its name, its help and its keys.
  /// The value may be written in this shape instead of a mapping (`filter: a > 1`, `union: [a, b]`); Shape::object where it may not.
  model::Shape shorthand = model::Shape::object;
  std::string_view example;  ///< A chain entry as YAML.
  /// The relation after this component, or null after diagnostics. `parameters` has been checked against the spec already.
  ir::RelationPtr (*build)(const Input& input, const model::Node& parameters, Context& context);
};

/// Every component, in order of name.
std::span<const ComponentSpec> component_table();
const ComponentSpec* find_component(std::string_view name);

/// One kind of check.
struct CheckSpec {
  model::ObjectSpec parameters;
  model::Shape shorthand = model::Shape::object;
  std::string_view example;
  /// The rows (or, for row_count, the one row) that break the check among those of `staged`; null after diagnostics.
  ir::RelationPtr (*failing_rows)(const Input& staged, const model::Node& parameters, Context& context);
};

std::span<const CheckSpec> check_table();
const CheckSpec* find_check(std::string_view kind);

}  // namespace penstock::components
