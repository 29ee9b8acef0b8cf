#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipelines/base/identifier.h"
#include "pipelines/ir/type.h"

namespace penstock::ir {

/// How a table is divided by a column: one part per value, per unit of time, per remainder of a hash, or per step of a range of numbers.
enum class PartitionBy : std::uint8_t { value, year, month, day, hour, bucket, range };

/// One of the expressions by which a table is divided or kept together.
struct LayoutKey {
  PartitionBy by = PartitionBy::value;
  Identifier column;
  std::int64_t buckets = 0;  ///< bucket: how many parts.
  std::int64_t first = 0;    ///< range: the parts are [first, first + step), and so on to `last`, which is outside.
  std::int64_t last = 0;
  std::int64_t step = 0;

  friend bool operator==(const LayoutKey&, const LayoutKey&) = default;
};

/// A setting of a table in the target's own words.
struct TableProperty {
  std::string name;
  std::string value;
  bool is_text = true;  ///< Otherwise a number, true or false, as it stands.

  friend bool operator==(const TableProperty&, const TableProperty&) = default;
};

/// On which node a row lies.
enum class Distribution : std::uint8_t { unsaid, even, all, by_columns };

/// How the rows of a table lie, whatever they are. What it holds in a statement is what the target has; the writer refuses the rest.
struct TableLayout {
  std::vector<LayoutKey> partition;
  std::vector<LayoutKey> cluster;
  Distribution distribution = Distribution::unsaid;
  std::vector<Identifier> distribute;  ///< by_columns.
  std::vector<Identifier> sort;
  std::vector<TableProperty> properties;

  bool is_empty() const {
    return partition.empty() && cluster.empty() && distribution == Distribution::unsaid && sort.empty() && properties.empty();
  }
  friend bool operator==(const TableLayout&, const TableLayout&) = default;
};

/// All of it, for comparing: equal texts are equal layouts; empty for an empty one.
std::string to_string(const TableLayout& layout);

/// "month(flown_on)", "bucket(16, origin)", "origin": as a person writes it.
std::string to_string(const LayoutKey& key);

/// The word of one that is no plain column: "month".
std::string_view word_of(PartitionBy by);

/// Whether a column of that type can be divided so. What is unknown can.
bool can_partition(PartitionBy by, const Type& type);

/// Whether rows can be placed or ordered by a column of that type on any target.
bool can_place(const Type& type);

}  // namespace penstock::ir
