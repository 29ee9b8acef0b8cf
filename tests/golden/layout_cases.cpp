#include "tests/golden/layout_cases.h"

#include <utility>

namespace penstock::golden {
namespace {

using By = ir::PartitionBy;
using K = ir::TypeKind;
using model::TableLayout;

Identifier id(std::string_view name) { return Identifier::exact(std::string(name)); }

ir::LayoutKey key(By by, std::string_view column) {
  ir::LayoutKey one;
  one.by = by;
  one.column = id(column);
  return one;
}

ir::LayoutKey bucket(std::int64_t count, std::string_view column) {
  ir::LayoutKey one = key(By::bucket, column);
  one.buckets = count;
  return one;
}

ir::LayoutKey range(std::string_view column, std::int64_t first, std::int64_t last, std::int64_t step) {
  ir::LayoutKey one = key(By::range, column);
  one.first = first;
  one.last = last;
  one.step = step;
  return one;
}

std::vector<model::Located<Identifier>> located(const std::vector<std::string_view>& names) {
  std::vector<model::Located<Identifier>> all;
  for (const std::string_view name : names) all.push_back({id(name), {}});
  return all;
}

TableLayout partitioned(const std::vector<ir::LayoutKey>& keys) {
  TableLayout layout;
  for (const ir::LayoutKey& one : keys) layout.partition.push_back({one, {}});
  return layout;
}

TableLayout clustered(const std::vector<std::string_view>& names) {
  TableLayout layout;
  layout.cluster = located(names);
  return layout;
}

TableLayout sorted(const std::vector<std::string_view>& names) {
  TableLayout layout;
  layout.sort = located(names);
  return layout;
}

TableLayout distributed(ir::Distribution distribution, const std::vector<std::string_view>& names = {}) {
  TableLayout layout;
  layout.distribution = distribution;
  layout.distribute = located(names);
  return layout;
}

std::vector<ir::TableProperty> properties_of(std::string_view dialect) {
  if (dialect == "trino") return {{"format", "ORC", true}, {"format_version", "2", false}};
  if (dialect == "bigquery") return {{"description", "it's all", true}, {"require_partition_filter", "false", false}};
  if (dialect == "databricks")
    return {{"delta.logRetentionDuration", "interval 60 days", true}, {"delta.enableTypeWidening", "false", false}};
  if (dialect == "snowflake") return {{"data_retention_time_in_days", "7", false}, {"comment", "it's all", true}};
  return {
      {"fillfactor", "70", false}, {"toast.autovacuum_enabled", "false", false}, {"delta.logRetentionDuration", "interval 60 days", true}};
}

}  // namespace

std::vector<LayoutCase> layout_cases(std::string_view dialect) {
  TableLayout properties;
  properties.properties = properties_of(dialect);
  TableLayout all = partitioned({key(By::month, "day")});
  all.cluster = located({"customer"});
  all.distribution = ir::Distribution::by_columns;
  all.distribute = located({"customer"});
  all.sort = located({"orders", "day"});
  TableLayout both = partitioned({key(By::value, "day")});
  both.cluster = located({"customer"});
  return {{"partition_value", partitioned({key(By::value, "day")})},
          {"partition_text", partitioned({key(By::value, "customer")})},
          {"partition_number", partitioned({key(By::value, "orders")})},
          {"partition_year", partitioned({key(By::year, "day")})},
          {"partition_month", partitioned({key(By::month, "day")})},
          {"partition_day", partitioned({key(By::day, "day")})},
          {"partition_day_of_timestamp", partitioned({key(By::day, "moment")})},
          {"partition_hour", partitioned({key(By::hour, "moment")})},
          {"partition_hour_of_instant", partitioned({key(By::hour, "instant")})},
          {"partition_bucket", partitioned({bucket(16, "customer")})},
          {"partition_range", partitioned({range("orders", 0, 1000, 250)})},
          {"partition_two", partitioned({key(By::month, "day"), bucket(4, "customer")})},
          {"partition_quoted", partitioned({key(By::month, "TheDay")})},
          {"partition_and_cluster", std::move(both)},
          {"cluster", clustered({"customer", "day"})},
          {"cluster_many", clustered({"customer", "orders", "day", "moment", "instant"})},
          {"cluster_float", clustered({"ratio"})},
          {"distribute", distributed(ir::Distribution::by_columns, {"customer"})},
          {"distribute_two", distributed(ir::Distribution::by_columns, {"customer", "orders"})},
          {"distribute_even", distributed(ir::Distribution::even)},
          {"distribute_all", distributed(ir::Distribution::all)},
          {"sort", sorted({"orders", "day"})},
          {"sort_text", sorted({"customer"})},
          {"properties", std::move(properties)},
          {"everything", std::move(all)}};
}

const TableName& laid_out_table() {
  static const TableName kTable{{}, id("mart"), id("laid_out")};
  return kTable;
}

const TableName& laid_out_source() {
  static const TableName kTable{{}, id("raw"), id("laid_out")};
  return kTable;
}

const ir::Columns& laid_out_columns() {
  static const ir::Columns kColumns{{id("customer"), ir::Type::of(K::text), true},
                                    {id("orders"), ir::Type::of(K::int64), true},
                                    {id("day"), ir::Type::of(K::date), true},
                                    {id("moment"), ir::Type::of(K::timestamp), true},
                                    {id("instant"), ir::Type::of(K::timestamptz), true},
                                    {id("ratio"), ir::Type::of(K::float64), true},
                                    {id("TheDay"), ir::Type::of(K::date), true}};
  return kColumns;
}

publish::SettledLayout settled(const LayoutCase& one, const dialects::Dialect& dialect) {
  return publish::settle_layout(one.layout, laid_out_columns(), dialect.capabilities().layout);
}

ir::CreateTableAs create_as(const publish::SettledLayout& settled, bool or_replace) {
  const ir::RelationPtr rows = publish::in_order(ir::scan(laid_out_source(), laid_out_columns()), settled.order);
  return {laid_out_table(), rows, or_replace, false, settled.layout};
}

ir::CreateTable create(const publish::SettledLayout& settled) { return {laid_out_table(), laid_out_columns(), {}, false, settled.layout}; }

}  // namespace penstock::golden
