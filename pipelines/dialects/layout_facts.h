#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "pipelines/ir/table_layout.h"

namespace penstock::dialects {

/// A set of the values of a small enumeration.
template <typename Value>
class SetOf {
 public:
  constexpr SetOf() = default;
  constexpr SetOf(std::initializer_list<Value> values) {
    for (const Value value : values) bits_ |= 1U << static_cast<unsigned>(value);
  }
  constexpr bool has(Value value) const { return (bits_ >> static_cast<unsigned>(value) & 1U) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  std::uint32_t bits_ = 0;
};

/// What a target makes of the keys of a step's `layout:`. What divides a table where the target has no such division keeps rows together
/// instead, and what keeps rows together where it cannot puts them in order; and an order that a target has not keeps rows together. The
/// texts are parts of the sentences in which a plan says so.
struct LayoutFacts {
  SetOf<ir::PartitionBy> partition;      ///< What a table can be divided by.
  std::size_t most_partition_keys = 0;   ///< 0: any number.
  SetOf<ir::TypeKind> partition_values;  ///< Types of the columns each of whose values has a part of its own; empty: all.
  bool partition_needs_type = false;     ///< Which function divides depends on the column's type.
  bool partition_or_cluster = false;     ///< A table has the one or the other; then rows are kept together by what would have divided it.
  std::string_view no_partition;         ///< Why a key cannot divide a table.

  SetOf<ir::PartitionBy> cluster;  ///< By what rows are kept together; empty: no table is.
  std::size_t most_cluster_keys = 0;
  SetOf<ir::TypeKind> not_clustered;  ///< Types that no key may have.
  std::string_view no_cluster;

  enum class Sort : std::uint8_t {
    none,
    declared,  ///< The table says it, and the target sees to it.
    written,   ///< Rows lie as they are written, so the query has an order.
  } sort = Sort::none;
  SetOf<ir::TypeKind> not_sorted;
  std::string_view no_sort;

  SetOf<ir::Distribution> distribution;
  std::size_t most_distribution_columns = 0;
  std::string_view no_distribution;

  enum class Properties : std::uint8_t {
    none,
    plain,  ///< Their names are words; some may have one prefix and a dot, `property_prefix`.
    any,
  } properties = Properties::none;
  std::string_view property_prefix;
  std::string_view no_property;

  bool rebuilds = false;  ///< CREATE OR REPLACE TABLE t AS SELECT ... FROM t is one atomic act.
};

}  // namespace penstock::dialects
