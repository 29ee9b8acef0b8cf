#pragma once

#include <string>

#include "daemon/store/records.h"
#include "pipelines/base/result.h"
#include "pipelines/ir/value.h"
#include "pipelines/model/project.h"

namespace date {
class time_zone;
}

namespace penstock::run {

/// A time zone of the tz database, which lives as long as the process.
class Zone {
 public:
  /// UTC.
  Zone() = default;
  explicit Zone(const date::time_zone* data) : data_(data) {}

  /// Errors: invalid_input, with the nearest name.
  static Result<Zone> find(const std::string& name);
  /// That of the pipeline's schedule; UTC where it has none, or one that nobody knows.
  static Zone of(const model::Pipeline& pipeline);

  /// What a UTC moment reads on the zone's wall clock.
  ir::TimestampValue wall_clock(store::Time moment) const;
  /// The UTC moment of a wall-clock time; in a gap the first moment after it, in an overlap the first.
  store::Time moment_of(ir::TimestampValue wall) const;

  /// Null for UTC.
  const date::time_zone* data() const { return data_; }

 private:
  const date::time_zone* data_ = nullptr;
};

}  // namespace penstock::run
