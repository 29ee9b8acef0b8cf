#include "daemon/run/table_writers.h"

#include <algorithm>
#include <utility>

namespace penstock::run {
namespace {

constexpr const char* kWaitingForTable = "waiting_for_table";
constexpr const char* kWaitingForTurn = "waiting_for_turn";

bool has_turn(const TableWriters::Writer& writer) { return writer.writing == Writing::in_order && writer.interval_start; }

bool is_same(const TableWriters::Writer& left, const TableWriters::Writer& right) {
  return left.run_id == right.run_id && left.step == right.step;
}

}  // namespace

void TableWriters::enter(const Writer& writer) {
  if (has_turn(writer)) turns_[{writer.pipeline, table_of(writer)}].emplace(*writer.interval_start, writer.run_id);
}

void TableWriters::leave(const Writer& writer) {
  if (!has_turn(writer)) return;
  const auto turns = turns_.find({writer.pipeline, table_of(writer)});
  if (turns == turns_.end()) return;
  turns->second.erase({*writer.interval_start, writer.run_id});
  changed(writer);
  if (turns->second.empty()) turns_.erase(turns);
}

void TableWriters::start(const Writer& writer) { running_[table_of(writer)].push_back(writer); }

void TableWriters::finish(const Writer& writer) {
  const auto found = running_.find(table_of(writer));
  if (found == running_.end()) return;
  std::vector<Writer>& writers = found->second;
  writers.erase(std::remove_if(writers.begin(), writers.end(), [&](const Writer& other) { return is_same(other, writer); }), writers.end());
  if (writers.empty()) running_.erase(found);
  changed(writer);
}

void TableWriters::changed(const Writer& writer) {
  const auto waiting = waiting_.extract(table_of(writer));
  if (waiting.empty()) return;
  for (const auto& [step, waits] : waiting.mapped()) misinformed_.push_back(waits);
}

void TableWriters::wait(const Writer& writer) { waiting_[table_of(writer)].try_emplace({writer.run_id, writer.step}, writer); }

std::vector<TableWriters::Writer> TableWriters::take_misinformed() { return std::exchange(misinformed_, {}); }

std::optional<Reason> TableWriters::obstacle(const Writer& writer) const {
  if (const auto found = running_.find(table_of(writer)); found != running_.end()) {
    for (const Writer& other : found->second) {
      if (other.writing == Writing::side_by_side && writer.writing == Writing::side_by_side) continue;
      return Reason{kWaitingForTable, "It waits for the run " + other.run_id + ", which is writing " + writer.table + "."};
    }
  }
  if (!has_turn(writer)) return std::nullopt;
  const auto turns = turns_.find({writer.pipeline, table_of(writer)});
  if (turns == turns_.end() || turns->second.empty()) return std::nullopt;
  const auto& [start, first] = *turns->second.begin();
  if (start >= *writer.interval_start || first == writer.run_id) return std::nullopt;
  return Reason{kWaitingForTurn, "It waits for the run " + first + " of an earlier interval: " + writer.publish_as +
                                     " publishes one interval after another, because what is written last stays."};
}

void TableWriters::Passed::add(const Writer& writer, const Reason& reason) {
  if (reason.code == kWaitingForTable) runs_.emplace(std::pair{writer.connection, writer.table}, writer.run_id);
}

std::optional<Reason> TableWriters::Passed::obstacle(const Writer& writer) const {
  const auto first = runs_.find({writer.connection, writer.table});
  if (writer.writing != Writing::side_by_side || first == runs_.end()) return std::nullopt;
  return Reason{kWaitingForTable, "It waits behind the run " + first->second + ", which has to write " + writer.table + " alone."};
}

}  // namespace penstock::run
