#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/run/state.h"

namespace penstock::run {

/// How the steps of several runs may write one table.
enum class Writing : std::uint8_t {
  side_by_side,  ///< What one adds or replaces is not what another does: append, delete_insert by interval, merge with newest_by.
  alone,         ///< One after another, in any order: a view.
  in_order,      ///< One after another, and the open runs of a pipeline in the order of their intervals: what is written last stays.
};

/// Who writes which table, and whose turn it is: one step at a time, across runs, pipelines and backfills. It knows only this daemon's
/// steps; what other processes write is held off by the publishing unit itself. One thread.
class TableWriters {
 public:
  struct Writer {
    std::string connection;
    std::string table;
    std::string pipeline;
    std::string run_id;
    std::size_t step = 0;  ///< Its place in the run.
    std::optional<Time> interval_start;
    Writing writing = Writing::alone;
    std::string publish_as;
  };

  /// The run has begun, so the step will write: from now on the same pipeline's later intervals wait for it.
  void enter(const Writer& writer);
  /// The step has come to its end, or never will write.
  void leave(const Writer& writer);

  void start(const Writer& writer);
  void finish(const Writer& writer);

  /// Why the step may not begin yet, naming the run that it waits for; empty: it may.
  std::optional<Reason> obstacle(const Writer& writer) const;

  /// The step has been told an obstacle, which is true until somebody is done with its table.
  void wait(const Writer& writer);
  /// Those that have been told what need not be true any more, each once: they have to be told again.
  std::vector<Writer> take_misinformed();

  /// Steps that have been passed over in one look at the queue: nobody behind them may write their tables, so that a step which has to be
  /// alone is not passed for ever by others that need not be.
  class Passed {
   public:
    void add(const Writer& writer, const Reason& reason);
    /// Why the step may not pass, naming the run before it; empty: it may.
    std::optional<Reason> obstacle(const Writer& writer) const;

   private:
    std::map<std::pair<std::string, std::string>, std::string> runs_;  ///< The first that waits, by connection and table.
  };

 private:
  void changed(const Writer& writer);

  using Table = std::pair<std::string, std::string>;  ///< Connection and table.
  using Turn = std::pair<Time, std::string>;          ///< Start of the interval, and the run, whose ids sort as they were made.

  static Table table_of(const Writer& writer) { return {writer.connection, writer.table}; }

  std::map<Table, std::vector<Writer>> running_;
  std::map<std::pair<std::string, Table>, std::set<Turn>> turns_;                   ///< By pipeline and table.
  std::map<Table, std::map<std::pair<std::string, std::size_t>, Writer>> waiting_;  ///< By run and step.
  std::vector<Writer> misinformed_;
};

}  // namespace penstock::run
