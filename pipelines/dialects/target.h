#pragma once

#include <string>
#include <string_view>

#include "pipelines/dialects/dialect.h"
#include "pipelines/dialects/fold.h"
#include "pipelines/dialects/pattern.h"
#include "pipelines/dialects/rule.h"
#include "pipelines/dialects/type_name.h"
#include "pipelines/dialects/writer.h"

namespace penstock::dialects {

/// How LIKE is written.
struct LikeForm {
  bool ilike = true;
  bool escape_clause = true;  ///< `escape '!'`; otherwise a backslash escapes by itself.
  char escape = '!';
  std::string_view special = "\\";  ///< Characters that must be escaped beside % and _.
  bool pattern_columns = true;      ///< The pattern may be an expression.
};

struct SumForm {
  bool cast_argument = false;  ///< Whole numbers are widened first, as the sum would overflow.
  bool cast_result = false;    ///< The sum of whole numbers has a type of the target's own.
};

struct RoundingForm {
  std::string_view ceiling = "ceil(";
  std::string_view truncate = "trunc(";
  /// PostgreSQL rounds half-way floats to the even neighbour.
  enum class Floats { as_wanted, by_round_even, away_from_zero } floats = Floats::as_wanted;
  bool cast_result = false;  ///< The result has a type of the target's own.
};

struct RegexForm {
  RegexFlavour flavour = RegexFlavour::posix;
  std::string_view like;       ///< "regexp_like("; empty for the operator ~.
  std::string_view substring;  ///< "regexp_substr(".
  bool substring_gives_empty = false;
  bool replaces_first = true;  ///< Without 'g' the first match is replaced.
};

/// The small facts of a target's SQL, each decided once here and looked up by the writer.
struct Facts {
  std::string_view name;
  char quote_open = '"';
  char quote_close = '"';
  bool names_by_backslash = false;      ///< In a quoted name, a backslash escapes; otherwise the closing quote is doubled.
  bool upper_case_names = false;        ///< A name that needs no quotes is one in upper case, so that is how it is quoted.
  bool booleans = true;                 ///< A predicate is a value. Otherwise values are 1 and 0.
  bool nulls_clause = true;             ///< NULLS FIRST and NULLS LAST.
  bool nulls_clause_in_windows = true;  ///< There and in aggregates; otherwise a key `x is null` stands before the key.
  bool nulls_are_least = false;         ///< Without the clause. Matters only where the clause is missing.
  bool filter_clause = true;            ///< FILTER (WHERE ...).
  bool window_filter_clause = true;     ///< The same before OVER.
  std::string_view window_any_order;    ///< What row_number() and frames are ordered by where nothing tells; empty: they need no order.
  bool filters_late = false;            ///< The arguments of rows that FILTER leaves out are computed too.
  bool conditions_whole = false;        ///< AND and OR compute every operand, other than in WHERE and CASE WHEN.
  bool ignore_nulls = true;
  bool ignore_nulls_inside = false;  ///< f(x IGNORE NULLS).
  bool range_offsets = true;         ///< RANGE n PRECEDING.
  bool native_distinct_from = true;
  enum class Rows { values, structs, union_all } rows = Rows::values;
  enum class Limit { limit_offset, offset_limit, top } limit = Limit::limit_offset;
  bool set_distinct_keyword = false;  ///< UNION DISTINCT.
  bool set_all = true;                ///< INTERSECT ALL and EXCEPT ALL.
  bool common_tables_in_dml = true;   ///< WITH in INSERT, MERGE and DELETE.
  bool delete_alias = true;
  bool where_needs_from = false;
  std::string_view endless_limit;    ///< LIMIT of OFFSET alone, where it needs one.
  bool full_join_any = true;         ///< FULL JOIN on any condition; otherwise it needs an equality of its two sides.
  bool round_on_cast = false;        ///< A cast to a decimal with a scale is ROUND and a cast.
  bool text_ignores_blanks = false;  ///< 'a' = 'a '.
  bool group_by_computed = true;
  bool typed_outputs = true;    ///< CREATE TABLE AS takes a decimal's precision from a cast.
  bool typed_integers = false;  ///< And a whole number's.
  SqlLexicon lexicon;
  LikeForm like;
  SumForm sum;
  RoundingForm rounding;
  RegexForm regex;
  std::string_view failure;         ///< "error(": the function that fails with a message.
  std::string_view text_order;      ///< After a text that is put in order, so that the order is that of code points.
  std::string_view text_order_end;  ///< After a function whose argument carried text_order.
  std::string_view merge_end;       ///< After MERGE.
  std::string_view add_column = "add column";
  bool aliases_hide_tables = false;  ///< GROUP BY takes the name of an output column for it, and not for a table.
  bool ordered_set_inputs = true;    ///< ORDER BY and LIMIT in a branch of UNION.
  bool windows_in_order = true;      ///< ORDER BY takes a window function.
  bool copies_inlined = false;       ///< A block's columns are computed in its reader, as often as they are used; OFFSET 0 keeps them.
  bool guarded_columns = true;       ///< ADD COLUMN IF NOT EXISTS, DROP COLUMN IF EXISTS.
  bool delete_names_alias = false;   ///< DELETE t FROM x AS t.
  std::string_view alter_type = "type";
};

/// A target's SQL. The base class speaks PostgreSQL; the others override where they differ.
class Target : public Dialect {
 public:
  Target(const Facts& facts, const Capabilities& capabilities, RuleTable rules)
      : facts_(facts), capabilities_(capabilities), rules_(std::move(rules)) {
    fold_rules_ = {true,
                   facts_.group_by_computed,
                   facts_.text_ignores_blanks,
                   facts_.ordered_set_inputs,
                   facts_.copies_inlined,
                   facts_.windows_in_order};
  }

  std::string_view name() const override { return facts_.name; }
  const Capabilities& capabilities() const override { return capabilities_; }
  Result<std::string> write(const ir::Statement& statement) const override;
  std::vector<Refusal> refusals(const ir::Statement& statement) const override;
  ir::Type read_type(std::string_view catalogue_type) const override;

  const SqlLexicon& lexicon() const override { return facts_.lexicon; }

  const Facts& facts() const { return facts_; }
  const FoldRules& fold_rules() const { return fold_rules_; }
  const Rule& rule(ir::Function function) const { return rules_[function]; }

  /// Appends the text as a string literal.
  virtual void string_literal(std::string& out, std::string_view text) const;
  /// The type's name, or empty where the target has none for it.
  virtual std::string type_name(const ir::Type& type) const;
  /// Whether a table can have a column of the type; of one that is not known nobody can tell.
  virtual bool keeps(const ir::Type& type) const;
  /// A constant of a type that is neither NULL, boolean nor a whole number.
  virtual void literal(Writer& writer, const ir::Value& value, const ir::Type& type, bool exact) const;
  virtual void float_literal(Writer& writer, double value, const ir::Type& type, bool exact) const;
  virtual void boolean_literal(Writer& writer, bool value) const;
  /// A constant whole number whose bare digits mean that type?
  virtual bool is_natural_integer(std::int64_t value, const ir::Type& type) const;
  virtual void cast(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env) const;
  /// The EXTRACT of a whole number that a cast makes a decimal: null where the operand is no such.
  const ir::Call* extract_of(const ir::Expression& operand, const ir::Type& to) const;
  /// cast(operand as type).
  static void plain_cast(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env);
  /// Statements that are said differently; the base says them as PostgreSQL does.
  virtual void create_table_head(Writer& writer, const ir::CreateTable& statement) const;
  virtual void create_table_as_head(Writer& writer, const ir::CreateTableAs& statement) const;
  /// The clauses that lay a new table out, each on a line of its own; between the columns or the name and AS. `kept`: rows are added to it
  /// later, and columns altered.
  virtual void table_clauses(Writer& writer, const ir::TableLayout& layout, const ir::Columns& columns, bool kept) const;
  virtual void create_view_head(Writer& writer, const ir::CreateView& statement) const;
  virtual void rename_table(Writer& writer, const ir::RenameTable& statement) const;
  virtual void alter_column(Writer& writer, const ir::AlterColumnType& statement) const;

 protected:
  /// The clauses of the table, and AS.
  static void clauses_and_as(Writer& writer, const ir::CreateTableAs& statement);
  static void property_value(Writer& writer, const ir::TableProperty& property);

  Facts facts_;
  Capabilities capabilities_;
  RuleTable rules_;
  FoldRules fold_rules_;
};

/// The shortest digits that read back as the same number.
std::string float_text(double value);

/// The table of PostgreSQL, from which the others start.
const RuleTable& postgres_rules();

const Dialect& bigquery_dialect();
const Dialect& databricks_dialect();
const Dialect& duckdb_dialect();
const Dialect& postgres_dialect();
const Dialect& snowflake_dialect();
const Dialect& synapse_dialect();
const Dialect& trino_dialect();

}  // namespace penstock::dialects
