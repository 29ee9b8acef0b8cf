#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pipelines/base/hash.h"
#include "pipelines/base/identifier.h"
#include "pipelines/base/shared_list.h"
#include "pipelines/base/source.h"
#include "pipelines/ir/parameter.h"
#include "pipelines/ir/relation.h"
#include "pipelines/ir/table_layout.h"
#include "pipelines/model/node.h"

namespace penstock::model {

/// A scalar with its place.
template <typename T>
struct Located {
  T value{};
  Span where;
};

/// One connection of penstock.yaml. `settings` holds the keys of its type (path, url, host, ...) as they stand in the file; a secret is
/// only ever a reference ("env:NAME", "file:PATH", "cmd:COMMAND") that the daemon resolves when it connects.
struct Connection {
  std::string name;
  Span where;
  Located<std::string> type;  ///< duckdb, postgres, trino, bigquery, databricks, snowflake, synapse.
  std::map<std::string, Located<std::string>, std::less<>> settings;
  std::string description;
  std::string schema;  ///< Where published tables go; empty for the target's default.
  std::string catalog;
  int slots = 4;  ///< Statements at once.
  bool read_only = false;
  /// What steps call by `compute: NAME`: settings that hold for their statements instead of the connection's own.
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> compute{};
};

struct Environment {
  std::string name;
  Span where;
  Located<std::string> target;  ///< A connection.
  std::string description;
};

/// A table that the project reads and does not make.
struct Source {
  std::string name;
  Span where;
  Located<TableName> table;
  ir::Columns columns;  ///< From YAML; empty where they come from a snapshot or are unknown.
  bool has_columns = false;
  std::string description;
};

struct ParameterSpec {
  std::string name;
  Span where;
  ir::Type type;
  std::optional<ir::Value> fallback;  ///< Absent: the run must give it.
  std::string description;
};

enum class IntervalUnit : std::uint8_t { minute, hour, day, week, month, quarter, year };

/// When a pipeline starts. Times are those of `timezone`.
struct Schedule {
  Span where;
  Located<std::string> cron;  ///< Five fields or @daily and the like.
  Located<std::string> timezone{"UTC", {}};
  enum class Gap : std::uint8_t { shift, skip } dst_gap = Gap::shift;
  enum class Overlap : std::uint8_t { first, second, both } dst_overlap = Overlap::first;
  enum class Misfire : std::uint8_t { skip, last, all } misfire = Misfire::last;
  std::chrono::seconds misfire_window{std::chrono::hours(24)};
  enum class Concurrency : std::uint8_t { skip, queue_one, queue_all, cancel_running, allow } overlap = Concurrency::skip;
  /// The calendar unit that one run covers; absent: derived from the cron (the unit in which it fires once).
  std::optional<IntervalUnit> interval;
};

struct Retry {
  int attempts = 3;  ///< In all, the first one included.
  std::chrono::milliseconds first_delay{std::chrono::seconds(5)};
  std::chrono::milliseconds longest_delay{std::chrono::minutes(5)};
};

/// One audit of a step's staged rows.
struct Check {
  std::string kind;  ///< not_null, unique, accepted_values, relationship, row_count, expression.
  std::string name;  ///< Given, or made from kind and columns; unique within the step.
  Span where;
  enum class Severity : std::uint8_t { error, warn } severity = Severity::error;
  Node parameters;  ///< The value under the kind's key, already of the kind's shape.
};

/// How a step's rows reach its published table.
struct Publish {
  enum class Mode : std::uint8_t { view, table, append, merge, delete_insert, scd2 } mode = Mode::table;
  Span where;
  std::vector<Located<Identifier>> key;             ///< merge, delete_insert by key, scd2.
  std::optional<Located<Identifier>> interval;      ///< delete_insert by interval: the column that says to which interval a row belongs.
  std::optional<Located<Identifier>> effective_at;  ///< scd2: the column that says from when a version holds; absent: the interval's or run's start.
  std::vector<Located<Identifier>> tracked;         ///< scd2: columns whose change makes a version; empty: all but key and effective_at.
  std::optional<Located<Identifier>> deleted_when;  ///< scd2: the boolean column of rows that end their key's version and begin none.
  enum class Missing : std::uint8_t { keep, close } on_missing = Missing::keep;  ///< scd2: keys that the query does not give any more.
  std::optional<Located<Identifier>> newest_by;     ///< merge: a published row that has more in this column than the one that comes stays.
  std::optional<Located<Identifier>> table;         ///< The published name where it is not the step's.
  enum class Drift : std::uint8_t { fail, add, widen, sync } on_schema_change = Drift::fail;
};

/// How the rows of a step's published table are to lie, in words that mean the same on every target.
struct TableLayout {
  Span where;
  struct Key {
    ir::LayoutKey key;
    Span where;
  };
  std::vector<Key> partition;
  std::vector<Located<Identifier>> cluster;
  ir::Distribution distribution = ir::Distribution::unsaid;
  std::vector<Located<Identifier>> distribute;  ///< by_columns.
  std::vector<Located<Identifier>> sort;
  std::vector<ir::TableProperty> properties;
  /// What becomes of a table that another layout made, and that no run makes anew.
  enum class Change : std::uint8_t { keep, rebuild } on_change = Change::keep;
};

/// One call in a `do:` chain.
struct ComponentCall {
  std::string component;
  Span where;  ///< Of the component's name.
  Node parameters;
};

struct SqlBody {
  Node text;
};
struct ChainBody {
  Located<std::string> from;
  std::vector<ComponentCall> calls;
};
struct NativeBody {
  Node text;
  ir::Columns columns;
  std::vector<Located<std::string>> reads;  ///< Steps and sources that it names.
};

struct Step {
  std::string name;
  Span where;
  std::string description;
  std::variant<SqlBody, ChainBody, NativeBody> body;
  Publish publish;
  std::optional<TableLayout> layout;
  std::optional<Located<std::string>> compute;  ///< Of those that the connection names; absent: the pipeline's.
  std::vector<Check> checks;
  std::vector<Located<std::string>> after;  ///< Steps that must have finished although they are not read.
  Retry retry;
  std::optional<std::chrono::milliseconds> timeout;
  std::vector<std::string> tags;
};

struct Pipeline {
  std::string name;
  Span where;
  std::string description;
  std::string owner;
  std::vector<std::string> tags;
  std::optional<Schedule> schedule;
  std::optional<Located<std::string>> target;   ///< A connection; absent: the environment's.
  std::optional<Located<std::string>> schema;   ///< Where its tables are published; absent: the connection's.
  std::optional<Located<std::string>> compute;  ///< Of steps that name none.
  std::vector<ParameterSpec> parameters;
  std::vector<Source> sources;
  std::vector<Step> steps;
  /// Steps whose body could not be read. That has been reported: to read one of them is no further fault.
  std::vector<std::string> unreadable_steps;
  std::uint32_t file = 0;
  ContentHash version;  ///< Of the file's content, comments and layout left out.
};

/// The pipelines of a project; to reload one file of many costs no more than that file.
using PipelineList = SharedList<Pipeline>;

/// Everything that a person wrote, and where.
struct Project {
  std::string name;
  std::string description;
  std::string root;  ///< The folder; empty for a project in memory.
  std::vector<Connection> connections;
  std::vector<Environment> environments;
  PipelineList pipelines;  ///< In order of their names.
  SourceMap sources;
};

}  // namespace penstock::model
