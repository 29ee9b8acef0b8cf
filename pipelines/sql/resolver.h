#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipelines/ir/relation.h"
#include "pipelines/sql/lifting.h"
#include "pipelines/sql/names.h"
#include "pipelines/sql/query.h"
#include "pipelines/sql/reporter.h"
#include "pipelines/sql/syntax.h"

namespace penstock::sql {

/// Where an expression stands: what it sees, and what is allowed there.
struct Frame {
  const NameScope* scope = nullptr;
  const Frame* outer = nullptr;  ///< Around the subquery.
  LiftedCalls* calls = nullptr;
  std::string_view clause;  ///< "WHERE", for messages.
  bool aggregates = false;
  bool windows = false;
  std::string_view inside = {};                      ///< "an aggregate" while its arguments are read.
  Part named_windows = {};                           ///< The WINDOW clause.
  const std::vector<Identifier>* aliases = nullptr;  ///< Names of the SELECT list, for hints.
  bool groupings = false;                            ///< GROUPING has keys to ask about.
};

/// An expression and the place where it was written.
struct Operand {
  ir::ExpressionPtr expression;
  std::size_t place = 0;

  explicit operator bool() const { return expression != nullptr; }
};

/// A SELECT with the names of its columns. The relation's own names are unique; these may repeat.
struct Query {
  ir::RelationPtr relation;
  std::vector<Identifier> names;
  std::vector<std::size_t> places;
  std::vector<bool> unnamed;

  explicit operator bool() const { return relation != nullptr; }
};

/// One item of FROM: its rows and the names that it brings.
struct FromItem {
  ir::RelationPtr relation;
  NameScope scope;

  explicit operator bool() const { return relation != nullptr; }
};

/// Resolves one text. Every method reports what is wrong and then gives null. The methods are spread over files by what they read:
/// expression.cpp, operators.cpp, calls.cpp, windows.cpp, constants.cpp, subqueries.cpp; select.cpp, from.cpp, grouping.cpp, order.cpp,
/// sets.cpp.
class Resolver {
 public:
  /// Open columns by the place of their table in the text: filled by a first reading, known in a second.
  using OpenTables = std::map<std::size_t, OpenColumns>;

  Resolver(const Reporter& reporter, const Tables* tables, const Parameters& parameters, OpenTables& open)
      : reporter_(reporter), tables_(tables), parameters_(parameters), open_(open) {}

  /// The whole text as one SELECT whose columns have names of their own.
  ir::RelationPtr top(Part select);

  Operand expression(Part part, const Frame& frame);
  /// A boolean expression; `what` names the place: "WHERE".
  ir::ExpressionPtr condition(Part part, const Frame& frame, std::string_view what);
  std::optional<ir::SortKey> sort_key(Part sort_by, Operand operand);
  /// Text for an untyped constant that nothing gave another type.
  ir::ExpressionPtr settled(ir::ExpressionPtr expression);

 private:
  // expression.cpp
  Operand expression_inside(std::string_view tag, Part part, const Frame& frame);
  Operand column(Part part, const Frame& frame);
  Operand find_column(const Identifier& name, std::size_t place, const Frame& frame);
  Operand find_qualified(const Identifier& table, const Identifier& name, std::size_t place, const Frame& frame);
  Operand open_column(const NameScope& scope, const ScopeItem& item, const Identifier& name, int depth, std::size_t place);
  void report_unknown_column(const Identifier& name, std::size_t place, const Frame& frame, const ScopeItem* item);
  Operand parameter(Part part);
  Operand boolean_operator(Part part, const Frame& frame);
  Operand boolean_test(Part part, const Frame& frame);
  Operand null_test(Part part, const Frame& frame);
  Operand case_expression(Part part, const Frame& frame);
  Operand coalesce(Part part, const Frame& frame);
  Operand greatest_or_least(Part part, const Frame& frame);
  std::optional<std::vector<Operand>> expressions(Part list, const Frame& frame);

  // operators.cpp
  Operand operator_expression(Part part, const Frame& frame);
  Operand binary(std::string_view name, Operand left, Operand right, std::size_t place);
  Operand arithmetic_on_dates(std::string_view name, const Operand& left, const Operand& right, std::size_t place);
  Operand in_list(Part part, const Frame& frame, std::size_t place);
  Operand between(Part part, const Frame& frame, std::size_t place);
  Operand like(Part part, const Frame& frame, std::size_t place);
  Operand json_path(Part part, const Frame& frame, std::size_t place);
  Operand negated(Operand operand);

  // constants.cpp
  Operand constant(Part part);
  std::int64_t whole_number(Part constant) const;
  Operand type_cast(Part part, const Frame& frame);
  std::optional<ir::Type> type_name(Part part);
  Operand cast_to(Operand operand, const ir::Type& type, std::size_t place);
  Operand interval_constant(std::string_view text, Part type, std::size_t place);
  ir::ExpressionPtr coerced(ir::ExpressionPtr expression, const ir::Type& type, std::size_t place);

  // calls.cpp
  Operand function_call(Part part, const Frame& frame);
  Operand special_call(std::string_view name, Part part, const Frame& frame, bool& special);
  Operand extract(std::string_view unit, std::size_t unit_place, Part value, const Frame& frame, std::size_t place, bool as_float);
  Operand round_float(std::string_view name, std::vector<Operand> operands, std::size_t place);
  Operand date_trunc(std::vector<Operand> operands, std::size_t place);
  Operand to_char(std::vector<Operand> operands, std::size_t place);
  Operand apply(std::string_view name, std::vector<Operand> operands, std::size_t place);
  Operand apply(ir::Function function, std::vector<Operand> operands, std::size_t place);
  Operand apply(const ir::Resolution& resolution, std::vector<Operand> operands, std::size_t place);
  std::vector<ir::Type> types_of(const std::vector<Operand>& operands) const;
  void warn_of_open_digits(const ir::Expression& number, std::size_t place) const;
  void warn_of_cut_product(const ir::Resolution& resolution, const std::vector<ir::ExpressionPtr>& factors, std::size_t place) const;
  static std::vector<std::optional<std::int64_t>> constants_of(const std::vector<Operand>& operands);
  Operand aggregate_call(const ir::Resolution& resolution, std::vector<Operand> operands, Part part, const Frame& frame);
  Operand grouping(Part part, const Frame& frame);
  bool may_aggregate(std::string_view name, const Frame& frame, std::size_t place);
  std::optional<std::vector<Operand>> arguments(Part part, const Frame& frame);
  std::optional<std::vector<ir::SortKey>> sort_keys(Part list, const Frame& frame);
  void report_unknown_function(const std::string& name, std::size_t place);

  // windows.cpp
  Operand window_call(const ir::Resolution& resolution, std::vector<Operand> operands, Part part, const Frame& frame);
  std::optional<Part> named_window(std::string_view name, const Frame& frame, std::size_t place);
  bool window_definition(Part over, const Frame& frame, ir::WindowCall& call);
  bool window_frame(Part definition, ir::WindowCall& call, std::size_t place);

  // subqueries.cpp
  Operand subquery(Part part, const Frame& frame);
  Operand column_subquery(ir::Subquery::Kind kind, Part select, const Frame& frame, std::size_t place, Operand operand);

  // select.cpp
  Query query(Part select, const Frame* outer);
  Query query_inside(Part select, const Frame* outer);
  Query plain_select(Part select, const Frame* outer);
  Query values_list(Part select, const Frame* outer);
  bool common_tables(Part with);
  bool refuse_clauses(Part select);
  Query settled(Query query);
  friend class SelectBuilder;

  // sets.cpp
  Query set_operation(Part select, const Frame* outer);
  std::optional<ir::Columns> common_columns(const std::vector<Query>& inputs, std::string_view name);
  Query coerced(Query query, const ir::Columns& columns);

  // order.cpp
  Query ordered(Query query, Part select);
  std::optional<std::int64_t> row_count(Part constant, std::string_view what);
  Query limited(Query query, Part select);

  // from.cpp
  FromItem from(Part list, const Frame* outer);
  FromItem from_item(Part part, const Frame* outer);
  FromItem table(Part part);
  FromItem table_of(const components::Input& input, Part part);
  FromItem derived_table(Part part, const Frame* outer);
  FromItem join(Part part, const Frame* outer);
  std::optional<MergedColumn> using_column(const NameScope& scope, const Identifier& name, std::size_t place);
  FromItem join_using(ir::Join::Kind kind, FromItem left, FromItem right, Part names);
  FromItem joined_on(ir::Join::Kind kind, FromItem left, FromItem right, ir::ExpressionPtr condition);
  FromItem named(ir::RelationPtr relation, Identifier name, std::vector<Identifier> columns, Part alias, std::size_t place);
  bool check_distinct_names(const NameScope& scope, std::size_t place);
  void report_unknown_table(const std::string& name, std::size_t place);

  struct CommonTable {
    Identifier name;
    ir::RelationPtr relation;
    std::vector<Identifier> columns;
  };
  /// Counts the levels of nesting; false, reported once, where there are too many.
  bool descend(std::size_t place);

  const Reporter& reporter_;
  const Tables* tables_;
  const Parameters& parameters_;
  OpenTables& open_;
  std::vector<CommonTable> common_tables_;
  std::set<Identifier> common_names_;
  int depth_ = 0;
  bool too_deep_ = false;
};

/// An identifier out of the syntax tree; PostgreSQL has folded it already.
inline Identifier name_of(std::string_view text) { return Identifier::exact(std::string(text)); }

/// The name that PostgreSQL gives to a column without an alias; empty where it would be "?column?".
std::string_view implied_name(Part expression);

/// The name with a number after it where it is taken already; `taken` gets it.
Identifier unique_name(const Identifier& wanted, std::set<Identifier>& taken);

/// A NULL or a text constant that takes the type of its place.
bool is_untyped(const ir::Expression& expression);
const std::string* untyped_text(const ir::Expression& expression);

}  // namespace penstock::sql
