#pragma once

#include <string>
#include <vector>

#include "pipelines/dialects/dialect.h"
#include "pipelines/publish/plan.h"

namespace penstock::golden {

/// A write mode, onto a table that is not there yet or onto the one that an earlier run has made.
struct PublishCase {
  std::string name;  ///< "merge/again".
  model::Publish publish;
  bool exists = false;
};

/// Every write mode, each twice: `first`, then `again`.
std::vector<PublishCase> publish_cases();

/// The table that every case reads, raw.totals, and the one that it publishes, mart.totals.
const TableName& published_table();
const TableName& read_table();
/// What both have: customer, day, total. The run's interval is January 2001.
const ir::Columns& publish_columns();

/// A table that gets other columns under two views of the project, one upon the other, laid out for a target.
Result<publish::StepPlan> plan_under_views(const dialects::Dialect& dialect);

/// The case laid out for a target.
Result<publish::StepPlan> plan_of(const PublishCase& one, const dialects::Dialect& dialect);

}  // namespace penstock::golden
