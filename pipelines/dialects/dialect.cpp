#include "pipelines/dialects/dialect.h"

#include <array>

#include "pipelines/dialects/target.h"

namespace penstock::dialects {

std::span<const Dialect* const> dialect_table() {
  static const std::array<const Dialect*, 7> kDialects{&bigquery_dialect(),  &databricks_dialect(), &duckdb_dialect(), &postgres_dialect(),
                                                       &snowflake_dialect(), &synapse_dialect(),    &trino_dialect()};
  return kDialects;
}

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect* dialect : dialect_table()) {
    if (dialect->name() == name) return dialect;
  }
  return nullptr;
}

}  // namespace penstock::dialects
