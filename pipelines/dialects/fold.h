#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pipelines/dialects/query.h"

namespace penstock::dialects {

/// What the folding must know of the target.
struct FoldRules {
  bool common_tables = true;         ///< WITH may stand before the statement; otherwise every closed block becomes a derived table.
  bool group_by_computed = true;     ///< GROUP BY takes expressions, and finds them again in the select list.
  bool text_ignores_blanks = false;  ///< 'a' = 'a ': DISTINCT becomes GROUP BY, which the writer makes exact.
  bool ordered_set_inputs = true;    ///< A branch of UNION may have ORDER BY and LIMIT.
  bool copies_inlined = false;       ///< The target computes a block's columns in its readers, as often as they use them.
  bool windows_in_order = true;      ///< ORDER BY takes window functions; otherwise their block is closed first.
};

/// Projections that stay apart from what is above them, each with the columns of it that are read more than once.
using KeptApart = std::unordered_map<const ir::Relation*, std::vector<int>>;

/// Folds relational operators into SELECT blocks: an operator joins the block of its input where SQL evaluates a block's clauses in the
/// operators' order, and otherwise the block is closed: it becomes a common table expression, or a derived table where WITH cannot stand
/// or the block refers to a query around it. One statement, one thread.
class Folder {
 public:
  /// Prints a closed block as a common table expression and returns its name, made unique from the hint.
  using PrintCommon = std::function<std::string(const Body& body, std::string_view hint, const std::vector<std::string>& columns)>;

  Folder(const FoldRules& rules, QueryArena& arena, PrintCommon print_common);

  /// They may become more while nothing is folded.
  void keep_apart(const KeptApart& projections) { apart_ = &projections; }

  /// A statement's own query.
  Body fold(const ir::Relation& relation) { return fold_body(relation, nullptr); }
  /// The query of a subquery; `outer` are the columns around it.
  Body fold_subquery(const ir::Relation& relation, const Env* outer) { return fold_body(relation, outer); }

  /// The names of the columns, clashes of a join's sides resolved.
  static std::vector<std::string> unique_names(const ir::Columns& columns);

 private:
  Body fold_body(const ir::Relation& relation, const Env* outer);
  Select* fold_select(const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Scan& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Values& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Project& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Filter& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Join& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Aggregate& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Window& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::SetOperation& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Distinct& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Sort& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Limit& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Common& node, const ir::Relation& relation, const Env* outer);
  Select* fold_node(const ir::Native& node, const ir::Relation& relation, const Env* outer);

  Select* apart(Select* select, std::vector<Slot> slots, const ir::Relation& relation, const Env* outer);
  Select* semi_join(const ir::Join& node, Select* left, Select* right, const Env* outer);
  Select* group_by_columns(const ir::Aggregate& node, Select* input, const Env* outer, std::vector<Slot>& keys);
  Select* distinct_by_groups(Select* select, const Env* outer);
  Select* close(Select* select, const Env* outer);
  void add_input(SetQuery& set, const ir::Relation& input, const Env* outer);
  Select* select_from(const Body& body, const ir::Columns& columns, std::string hint, std::string_view what, const Env* outer, bool common);
  Select* select_from_source(Source source, const ir::Columns& columns, const Env* outer, bool declared);
  Env* make_env(std::vector<Slot> slots, const Env* outer);
  Slot slot_of(const ir::ExpressionPtr& expression, const Env* env) const;

  const FoldRules& rules_;
  QueryArena& arena_;
  PrintCommon print_common_;
  const KeptApart* apart_ = nullptr;
  std::unordered_map<const ir::Relation*, std::pair<std::string, std::vector<std::string>>> commons_;
};

}  // namespace penstock::dialects
