#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "pipelines/dialects/dialect.h"
#include "pipelines/dialects/fold.h"
#include "pipelines/dialects/query.h"
#include "pipelines/dialects/rule.h"
#include "pipelines/dialects/sharing.h"
#include "pipelines/ir/statement.h"

namespace penstock::dialects {

class Target;

/// One use of a function, scalar, aggregate or over a window.
struct CallSite {
  ir::Function function;
  std::span<const ir::ExpressionPtr> arguments;
  const ir::Type& type;
  bool nullable;
  const Env& env;
  const ir::AggregateCall* aggregate = nullptr;
  const ir::WindowCall* window = nullptr;

  const ir::Expression& argument(std::size_t index) const { return *arguments[index]; }
};

/// Prints one statement in a target's SQL, and collects what the target cannot say: what is printed then does not matter, but all of the
/// statement is looked at. One statement, one thread.
class Writer {
 public:
  /// What an expression is wanted as, where a target tells values from predicates.
  enum class Form : std::uint8_t { value, predicate };

  explicit Writer(const Target& target);

  const Target& target() const { return target_; }
  std::string take() { return std::move(out_); }
  const std::vector<Refusal>& refusals() const { return refusals_; }
  /// At the place of what is being printed.
  void refuse(std::string message, std::string hint);

  Writer& text(std::string_view piece) {
    out_ += piece;
    return *this;
  }
  Writer& number(std::int64_t value);
  Writer& identifier(std::string_view name);
  Writer& table(const TableName& table);
  Writer& string(std::string_view value);
  Writer& type(const ir::Type& type);
  /// False, and refused, where a table cannot have such a column, which was written at `place`.
  bool keep(const ir::Column& column, ir::Place place = {});
  void new_line(int deeper = 0);

  Writer& expression(const ir::Expression& expression, const Env& env, Level least = Level::any, Form form = Form::value,
                     bool exact = true);
  /// An argument of a call; constants beside columns keep their bare form.
  Writer& argument(const CallSite& site, std::size_t index, Level least = Level::any, Form form = Form::value);
  void fill(const Template& text, const CallSite& site);
  /// name([distinct] arguments [order by ...]) [filter ...] [over ...]. `print_arguments` may be null for none.
  void application(std::string_view name, const CallSite& site, std::span<const std::uint8_t> arguments, bool rows = false);
  /// The same of one argument that the caller prints.
  void application(std::string_view name, const CallSite& site, const std::function<void()>& print_argument);
  /// The FILTER, WITHIN GROUP and OVER after an application's closing bracket.
  void application_end(const CallSite& site);
  void application_start(std::string_view name, const CallSite& site);
  /// Prints an argument, as NULL where the call's filter does not hold if the target has no FILTER.
  void filtered(const CallSite& site, const std::function<void()>& print_argument);
  /// Whether any of the keys is no constant; only then order_keys() prints something.
  static bool has_order(std::span<const ir::SortKey> keys, const Env& env);
  void order_keys(std::span<const ir::SortKey> keys, const Env& env, bool in_query);
  void constant(const ir::Value& value, const ir::Type& type, bool exact);

  /// The table's own column, or the column of a source, behind an expression; null where it is computed.
  static const Slot* plain_slot(const ir::Expression& expression, const Env& env);
  /// Is the text sure not to end in a blank, so that a target that ignores blanks there compares it rightly by itself?
  static bool is_trimmed(const ir::Expression& expression, const Env& env);
  static bool is_trimmed(const Slot& slot);
  static const ir::Literal* literal_of(const ir::Expression& expression);
  /// The text of a constant argument; null where it is no constant text.
  static const std::string* text_of(const ir::Expression& expression);
  static std::optional<std::int64_t> integer_of(const ir::Expression& expression);

  /// How a new table lies, between its columns or its name and AS. `kept`: rows are added to it later, and columns altered. False where
  /// there is nothing to say.
  bool clauses(const ir::TableLayout& layout, const ir::Columns& columns, bool kept);
  void query(const ir::Relation& relation, bool typed_outputs);
  void statement(const ir::Statement& statement);

 private:
  /// Where what is printed was written, for as long as it is printed.
  class At {
   public:
    At(Writer& writer, ir::Place place) : writer_(writer), around_(writer.place_) {
      if (place) writer.place_ = place;
    }
    ~At() { writer_.place_ = around_; }
    At(const At&) = delete;
    At& operator=(const At&) = delete;

   private:
    Writer& writer_;
    const ir::Place around_;
  };

  /// Prints for nothing, and counts how often the expressions of the map are printed.
  void count(const ir::Expression& expression, bool predicate, PrintCounts& counts, const KeptApart& kept_apart);
  void count(const ir::AggregateCall& call, PrintCounts& counts, const KeptApart& kept_apart);
  const Env* stand_in_env(const std::vector<int>& widths);
  ir::RelationPtr shared(const ir::Relation& relation);

  void print(const ir::Expression& expression, const Env& env, Level least, Form form, bool exact);
  void print_node(const ir::Expression& expression, const Env& env, Level least, Form form, bool exact);
  void say_call(const CallSite& site, Level least, Form form);
  void say_cast(const ir::Cast& cast, const ir::Expression& expression, const Env& env, Level least, Form form, bool exact);
  /// Says something, and if that is refused looks at its parts, which may not have been printed, for what is refused in them.
  template <typename Parts, typename Say>
  void say_with_parts(const void* node, const Env& env, const Parts& parts, const Say& say);
  static std::vector<ir::ExpressionPtr> parts_of(const CallSite& site);
  void slot(const Slot& slot, Level least, Form form, bool exact);
  void call(const CallSite& site, Level least, Form form);
  bool is_predicate(const ir::Expression& expression, const Env& env) const;
  bool is_predicate(const Slot& slot) const;
  void predicate_as_value(const ir::Expression& expression, const Env& env);
  void node(const ir::ColumnRef& column, const ir::Expression& expression, const Env& env, Level least, Form form, bool exact);
  void case_expression(const ir::Case& cases, const ir::Expression& expression, const Env& env);
  void in_list(const ir::InList& list, const Env& env);
  void subquery(const ir::Subquery& subquery, const Env& env, Level least);
  void window(const ir::WindowCall& call, const Env& env);
  void frame(const ir::WindowFrame& frame, const ir::WindowCall& call, bool ordered);
  void sort_key(const ir::SortKey& key, const Env& env, bool in_query);

  void body(const Body& body, const Select* around, bool typed);
  void native(const ir::Native& query);
  void select(Select& select, const Select* around, bool typed, bool any_row = false, const Condition* semi = nullptr);
  void select_items(const Select& select, bool typed);
  void select_item(const Slot& slot, const ir::Column& column, std::string_view name, bool typed);
  void from(const Select& select, const Select* around);
  void source(const Source& source, const Select* around);
  void source_body(const Source& source, const Select* around);
  void values(const Source& source);
  void where(const Select& select, const Select* around, const Condition* semi);
  void conditions(std::string_view keyword, std::span<const Condition> conditions, const Select* around);
  void condition(const Condition& condition, const Select* around, Level least);
  void group_by(const Select& select);
  void limit(const Select& select);
  void set_query(const SetQuery& set, const Select* around, bool typed);
  void choose_aliases(Select& select, const Select* around);
  std::string print_common(const Body& body, std::string_view hint, const std::vector<std::string>& columns);
  void wrap_items(std::size_t start, const std::vector<std::size_t>& breaks, std::size_t limit);

  void print(const ir::SelectStatement& statement);
  void print(const ir::CreateTable& statement);
  void print(const ir::CreateTableAs& statement);
  void print(const ir::CreateView& statement);
  void print(const ir::DropTable& statement);
  void print(const ir::DropView& statement);
  void print(const ir::RenameTable& statement);
  void print(const ir::AddColumn& statement);
  void print(const ir::AlterColumnType& statement);
  void print(const ir::DropColumn& statement);
  void print(const ir::InsertSelect& statement);
  void print(const ir::DeleteRows& statement);
  void print(const ir::Merge& statement);
  void print(const ir::LockTable& statement);
  void print(const ir::NativeStatement& statement);
  void merge_clause(const ir::Merge::Clause& clause, const Env& env);
  const Env* table_env(const TableName& table, const ir::Columns& columns, std::string alias);

  const Target& target_;
  FoldRules rules_;
  QueryArena arena_;
  Folder folder_;
  std::string out_;
  int indent_ = 0;
  std::vector<std::string> commons_;
  std::unordered_set<std::string> common_names_;
  const Select* around_ = nullptr;  ///< The block whose expressions are being printed.
  bool is_too_long_ = false;
  std::vector<Refusal> refusals_;
  std::unordered_set<std::string> refused_;  ///< Message and place of each.
  bool refuses_ = false;                     ///< What is being printed, other than its parts.
  std::unordered_set<const void*> looked_into_;  ///< What was refused, and its parts printed for what is refused in them.
  ir::Place place_;                          ///< Of what is being printed.
  std::vector<ir::RelationPtr> changed_;  ///< Relations that were made here, which the arena points into.
  KeptApart kept_apart_;
  PrintCounts* counts_ = nullptr;         ///< Set where only the counts are wanted.
  int conditional_ = 0;                   ///< How many expressions around decide whether the printed one is computed.

  friend class PrintCounter;
};

}  // namespace penstock::dialects
