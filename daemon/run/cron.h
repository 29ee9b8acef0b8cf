#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/store/records.h"
#include "pipelines/base/diagnostic.h"
#include "pipelines/base/result.h"
#include "pipelines/ir/value.h"
#include "pipelines/model/project.h"

namespace penstock::run {

using store::Time;

/// Five fields (minute, hour, day of month, month, day of week) or @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly.
/// Names of months and days, ranges, steps and lists; Sunday is 0 or 7. Where both day fields are restricted (do not begin with `*`),
/// a day that matches either fires, as in Vixie cron. A value.
struct CronFields {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;      ///< 1 to 31.
  std::bitset<13> months;    ///< 1 to 12.
  std::bitset<7> weekdays;   ///< 0 is Sunday.
  bool any_day = false;      ///< The day-of-month field begins with `*`.
  bool any_weekday = false;  ///< The day-of-week field begins with `*`.
  bool any_minute = false;   ///< The minute field is a wildcard or a step with more than one minute.

  /// Every hour of the day: it fires by elapsed time.
  bool every_hour() const { return hours.all(); }

  /// Whether a day of the proleptic Gregorian calendar matches.
  bool matches_day(int year, unsigned month, unsigned day) const;
};

/// Errors: invalid_input; the message names the field and what is wrong, the hint says what is allowed there.
Result<CronFields> parse_cron(std::string_view text);

/// A cron in a time zone with its rules for the two odd days of the year.
class Cron {
 public:
  /// Errors: invalid_input for the cron or the zone (with the nearest name); refused where it never fires.
  static Result<Cron> make(const model::Schedule& schedule);

  /// The first moment after `after` at which it fires; Time::max() where there is none in 400 years.
  ///
  /// A wall-clock time that the spring gap leaves out: `shift` fires at the first moment after the gap, once; `skip` does not fire. A time
  /// that the autumn overlap repeats fires at the first, the second or both. A cron of every hour fires by elapsed time instead: not in
  /// the gap, and in both halves of the overlap; a cron of many minutes of some hours fires in both halves, too.
  Time next(Time after) const;

  /// Every moment in [from, to), at most `most`.
  std::vector<Time> between(Time from, Time to, std::size_t most) const;

  /// "at 02:15 every day, America/New_York".
  std::string explain() const;

  /// The last moment before `before` at which it fires; Time::min() where there is none in 400 years.
  Time previous(Time before) const;

  /// The calendar unit of which each interval is one: the schedule's own, or the unit in which the cron fires once. Empty where the
  /// intervals are of several lengths.
  std::optional<model::IntervalUnit> interval_unit() const;

  /// What the run of a start covers. With the schedule's own `interval`: the last complete unit, in the zone, before it. Otherwise from
  /// the boundary of the start before to that of this one, so that the intervals of consecutive starts lie end to end whatever the cron.
  /// A start's boundary is the beginning of its calendar unit (the one in which the cron fires once; where there is none, a shorter one
  /// in which it fires at most once: a month, a day, an hour, a minute) or, where the start before lies in the same unit, the start.
  store::Interval interval_for(Time start) const;

  /// The newest of its intervals that has ended by `now`.
  store::Interval last_ended(Time now) const;

  /// The intervals of its starts that begin in [from, to), in order, none twice; at most `most`.
  std::vector<store::Interval> intervals(Time from, Time to, std::size_t most) const;

  /// Two consecutive starts of a schedule with its own `interval` between whose intervals time is left out, or that cover some of it
  /// twice; empty where there are none among the starts of four years.
  std::optional<std::pair<Time, Time>> uneven_starts() const;

  /// "each run covers the calendar day before it".
  std::string explain_interval() const;

  /// What a UTC moment reads on the zone's wall clock.
  ir::TimestampValue wall_clock(Time moment) const;
  /// The UTC moment of a wall-clock time; in a gap the first moment after it, in an overlap the first.
  Time moment_of(ir::TimestampValue wall) const;

  /// What it was made from, for telling whether a schedule changed: text, zone and rules.
  std::string definition() const;

 private:
  Cron() = default;
  Time floor_to_unit(Time moment) const;
  Time add_unit(Time boundary, int count) const;
  Time boundary(Time start) const;

  CronFields fields_;
  model::Schedule schedule_;
  const void* zone_ = nullptr;  ///< Of the tz database, which lives as long as the process.
  model::IntervalUnit unit_ = model::IntervalUnit::day;
  bool is_even_ = false;  ///< The cron fires once in each unit.
};

/// The next moments after `after` at which a schedule fires, soonest first; fewer where there are no more, none where it never fires.
std::vector<Time> next_starts(const model::Schedule& schedule, Time after, int count);

/// Adds a diagnostic for every schedule of the project that is no cron, has no such zone, never fires, or whose `interval` leaves time out
/// or covers some twice.
void check_schedules(const model::Project& project, Diagnostics& diagnostics);

}  // namespace penstock::run
