#include "pipelines/ir/table_layout.h"

#include <array>

namespace penstock::ir {
namespace {

constexpr std::array<std::string_view, 7> kWords = {"", "year", "month", "day", "hour", "bucket", "range"};

}  // namespace

std::string_view word_of(PartitionBy by) { return kWords.at(static_cast<std::size_t>(by)); }

std::string to_string(const LayoutKey& key) {
  const std::string word(word_of(key.by));
  switch (key.by) {
    case PartitionBy::value:
      return key.column.text();
    case PartitionBy::bucket:
      return word + "(" + std::to_string(key.buckets) + ", " + key.column.text() + ")";
    case PartitionBy::range:
      return word + "(" + key.column.text() + ", " + std::to_string(key.first) + ", " + std::to_string(key.last) + ", " +
             std::to_string(key.step) + ")";
    default:
      return word + "(" + key.column.text() + ")";
  }
}

std::string to_string(const TableLayout& layout) {
  std::string text;
  const auto begin = [&](std::string_view word) { text += (text.empty() ? "" : "; ") + std::string(word); };
  const auto name = [&](const Identifier& column) { text += " " + std::to_string(column.text().size()) + ":" + column.text(); };
  const auto keys = [&](std::string_view word, const std::vector<LayoutKey>& all) {
    if (all.empty()) return;
    begin(word);
    for (const LayoutKey& key : all) {
      text += " " + to_string(key);
      name(key.column);
    }
  };
  keys("partition", layout.partition);
  keys("cluster", layout.cluster);
  if (layout.distribution != Distribution::unsaid) begin("distribute " + std::to_string(static_cast<int>(layout.distribution)));
  for (const Identifier& column : layout.distribute) name(column);
  if (!layout.sort.empty()) begin("sort");
  for (const Identifier& column : layout.sort) name(column);
  for (const TableProperty& property : layout.properties) {
    begin("property");
    name(Identifier::exact(property.name));
    name(Identifier::exact(property.value));
    text += property.is_text ? " text" : "";
  }
  return text;
}

bool can_place(const Type& type) { return type.kind != TypeKind::json && type.kind != TypeKind::array && type.kind != TypeKind::interval; }

bool can_partition(PartitionBy by, const Type& type) {
  if (type.is_unknown()) return true;
  switch (by) {
    case PartitionBy::year:
    case PartitionBy::month:
    case PartitionBy::day:
      return type.is_temporal();
    case PartitionBy::hour:
      return type.kind == TypeKind::timestamp || type.kind == TypeKind::timestamptz;
    case PartitionBy::range:
      return type.is_integer();
    case PartitionBy::value:
    case PartitionBy::bucket:
      return can_place(type) && !type.is_float();
  }
  return false;
}

}  // namespace penstock::ir
