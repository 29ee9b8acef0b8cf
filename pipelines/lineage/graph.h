#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "pipelines/lineage/lineage.h"

namespace penstock::lineage {

/// A table and how it is made.
struct TableLineage {
  TableName table;
  const StepLineage* lineage = nullptr;  ///< Borrowed while the graph is built.
};

/// The columns of a whole project and what flows from one to the other. Built once, then read by any thread. Columns are numbered, and
/// the edges lie in flat arrays: a closure over the columns of 10,000 steps takes a few milliseconds at most.
class ColumnGraph {
 public:
  ColumnGraph() = default;
  explicit ColumnGraph(std::span<const TableLineage> tables);

  /// Only values that flow on, or also the columns that decide which rows and branches there are.
  enum class Follow : std::uint8_t { direct, all };

  struct Reached {
    const ColumnName* column = nullptr;  ///< Lives as long as the graph.
    std::uint32_t distance = 0;          ///< Steps on the shortest way.
    bool direct = true;                  ///< There is a way on which the value itself flows.
  };

  /// Everything that the column is made from, nearest first, without the column itself; empty for a column that nobody names.
  std::vector<Reached> upstream(const ColumnName& column, Follow follow) const;
  /// Everything that is made from it.
  std::vector<Reached> downstream(const ColumnName& column, Follow follow) const;

  bool contains(const ColumnName& column) const { return ids_.contains(column); }
  std::size_t column_count() const { return columns_.size(); }
  std::size_t edge_count() const { return edge_count_; }

 private:
  using Id = std::uint32_t;
  using Edge = std::pair<Id, Id>;  ///< From, to.

  /// The neighbours of every node: those of node n lie from starts[n] to starts[n + 1].
  struct Adjacency {
    std::vector<Id> starts;
    std::vector<Id> targets;

    void build(std::vector<Edge>& edges, std::size_t nodes, bool reversed);
    std::span<const Id> of(Id node) const;
  };
  struct Direction {
    Adjacency direct;
    Adjacency indirect;
  };
  struct HashColumn {
    std::size_t operator()(const ColumnName& column) const noexcept;
  };

  Id id_of(const ColumnName& column);
  std::vector<Reached> closure(const Direction& direction, const ColumnName& column, Follow follow) const;

  std::unordered_map<ColumnName, Id, HashColumn> ids_;
  std::vector<const ColumnName*> columns_;
  Direction up_;
  Direction down_;
  std::size_t nodes_ = 0;
  std::size_t edge_count_ = 0;
};

}  // namespace penstock::lineage
