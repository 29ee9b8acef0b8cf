#include "daemon/run/step_input.h"

namespace penstock::run {

publish::TargetFacts facts_from(const connectors::TableDescription& table, const dialects::Dialect& dialect) {
  using Kind = connectors::TableDescription::Kind;
  publish::TargetFacts facts;
  facts.options = table.options;
  if (table.kind == Kind::table) facts.kind = publish::TargetFacts::Kind::table;
  if (table.kind == Kind::view) facts.kind = publish::TargetFacts::Kind::view;
  for (const auto& column : table.columns) {
    facts.columns.push_back({Identifier::exact(column.name), dialect.read_type(column.type), column.nullable});
  }
  return facts;
}

store::Purpose purpose_of(publish::Unit::Purpose purpose) {
  switch (purpose) {
    case publish::Unit::Purpose::prepare:
      return store::Purpose::prepare;
    case publish::Unit::Purpose::stage:
      return store::Purpose::stage;
    case publish::Unit::Purpose::check:
      return store::Purpose::check;
    case publish::Unit::Purpose::publish:
      return store::Purpose::publish;
    case publish::Unit::Purpose::cleanup:
      return store::Purpose::cleanup;
  }
  return store::Purpose::stage;
}

}  // namespace penstock::run
