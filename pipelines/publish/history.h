#pragma once

#include <optional>
#include <vector>

#include "pipelines/publish/layout.h"

namespace penstock::publish {

/// Where things stand in the query's columns and, behind them, in an observation: what one row says of one key from one moment on.
struct Places {
  std::vector<int> key;
  std::vector<int> tracked;
  std::vector<int> untracked;       ///< Neither key nor tracked, and not one of the two below.
  std::optional<int> effective_at;  ///< The column of the moment; otherwise it is the run's.
  std::optional<int> deleted_when;
  int since = 0;
  int priority = 0;  ///< Which of several observations of one moment counts; 0: remembered already.
  int deleted = 0;   ///< 1: there is no such key from then on.
};

/// invalid_input where a column is missing.
Result<Places> find_places(const StepInput& input);

/// From when the staged rows hold. invalid_input where nothing says it.
Result<ir::ExpressionPtr> since_when(const StepInput& input, const Places& places, const Rows& staged);

/// The staged batch and the table that it meets.
struct Meeting {
  const StepInput& input;
  const Places& places;
  const SeenTable& seen;
  Rows staged;              ///< With the types of the published table.
  ir::ExpressionPtr since;  ///< Of a staged row, with the type of valid_from.
  Rows published;           ///< All of it, with valid_from, valid_to and is_current behind the query's columns.
};

/// Everything that is known of the keys in question: the query's columns, then `since`, `priority` and `deleted`. Without `reads_target`
/// only what is staged.
ir::RelationPtr observations(const Meeting& meeting, bool reads_target);

/// The first columns of a relation as they are.
std::vector<ir::NamedExpression> first_columns(const ir::Relation& rows, int count);

/// 1 where the condition is true, otherwise 0.
ir::ExpressionPtr flag(ir::ExpressionPtr condition);

}  // namespace penstock::publish
