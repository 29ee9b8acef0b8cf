#pragma once

#include "connectors/connector.h"
#include "daemon/store/records.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/publish/plan.h"

namespace penstock::run {

/// What the publish protocol has to know of a table, from what the target's catalogue says.
publish::TargetFacts facts_from(const connectors::TableDescription& table, const dialects::Dialect& dialect);

store::Purpose purpose_of(publish::Unit::Purpose purpose);

}  // namespace penstock::run
