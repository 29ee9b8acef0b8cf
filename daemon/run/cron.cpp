#include "daemon/run/cron.h"

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>
#include <tuple>

#include "daemon/run/zone.h"

namespace penstock::run {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kDaysSearched = 146097;  // 400 years; then the calendar repeats.
constexpr hours kNearTransition{26};

const date::time_zone& zone_of(const void* zone) { return *static_cast<const date::time_zone*>(zone); }

Time to_time(date::sys_seconds moment) { return Time(moment.time_since_epoch()); }
date::sys_seconds to_seconds(Time moment) { return std::chrono::floor<seconds>(moment); }

date::local_days first_of_month(date::local_days day) {
  const date::year_month_day date(day);
  return date::local_days(date.year() / date.month() / 1);
}

/// The first day of the calendar unit (a day or longer) that holds the day.
date::local_days floor_unit(date::local_days day, model::IntervalUnit unit) {
  const date::year_month_day date(day);
  switch (unit) {
    case model::IntervalUnit::week:
      return day - (date::weekday(day) - date::Monday);
    case model::IntervalUnit::month:
      return first_of_month(day);
    case model::IntervalUnit::quarter:
      return date::local_days(date.year() / date::month((static_cast<unsigned>(date.month()) - 1) / 3 * 3 + 1) / 1);
    case model::IntervalUnit::year:
      return date::local_days(date.year() / 1 / 1);
    default:
      return day;
  }
}

date::local_days add_units(date::local_days first, model::IntervalUnit unit, int count) {
  const date::year_month_day date(first);
  switch (unit) {
    case model::IntervalUnit::week:
      return first + date::weeks(count);
    case model::IntervalUnit::month:
      return date::local_days(date + date::months(count));
    case model::IntervalUnit::quarter:
      return date::local_days(date + date::months(3 * count));
    case model::IntervalUnit::year:
      return date::local_days(date + date::years(count));
    default:
      return first + date::days(count);
  }
}

std::optional<seconds> short_unit(model::IntervalUnit unit) {
  if (unit == model::IntervalUnit::minute) return minutes(1);
  if (unit == model::IntervalUnit::hour) return hours(1);
  return std::nullopt;
}

bool is_quarterly(const CronFields& fields) {
  if (fields.months.count() != 4) return false;
  for (unsigned first = 1; first <= 3; ++first) {
    if (fields.months.test(first) && fields.months.test(first + 3) && fields.months.test(first + 6) && fields.months.test(first + 9))
      return true;
  }
  return false;
}

/// The longest calendar unit in which it fires at most once, of those that begin near its starts; and whether it fires once in each.
std::pair<model::IntervalUnit, bool> derive_unit(const CronFields& fields) {
  using Unit = model::IntervalUnit;
  constexpr std::size_t kDaysOfMonth = 31;
  const bool all_months = fields.months.all() || fields.months.count() == 12;
  const bool all_days = fields.days.count() == kDaysOfMonth;
  const bool daily = all_days && fields.weekdays.all() && all_months;
  if (fields.minutes.count() > 1) return {Unit::minute, daily && fields.every_hour() && fields.minutes.all()};
  if (fields.hours.count() > 1) return {Unit::hour, daily && fields.every_hour()};
  if (all_days && all_months && fields.weekdays.count() == 1) return {Unit::week, true};
  if (!fields.weekdays.all() || fields.days.count() != 1) return {Unit::day, daily};
  constexpr std::size_t kShortestMonth = 28;
  const bool in_every_month = (fields.days >> (kShortestMonth + 1)).none();
  if (fields.months.count() == 1) return {Unit::year, in_every_month};
  if (is_quarterly(fields)) return {Unit::quarter, in_every_month};
  return {Unit::month, all_months && in_every_month};
}

bool ever_fires(const CronFields& fields) {
  const date::sys_days first = date::sys_days(date::year(2000) / 1 / 1);
  const date::sys_days end = first + date::days(kDaysSearched);
  for (date::sys_days day = first; day < end; day += date::days(1)) {
    const date::year_month_day date(day);
    if (fields.matches_day(int(date.year()), unsigned(date.month()), unsigned(date.day()))) return true;
  }
  return false;
}

/// The moments of one day of a wall clock at which a cron fires.
class DaySearch {
 public:
  DaySearch(const CronFields& fields, const model::Schedule& schedule, const date::time_zone& zone)
      : fields_(fields), schedule_(schedule), zone_(zone) {}

  /// The first one after `after`; `odd` is set when the zone's offset changes near this day.
  std::optional<date::sys_seconds> first_after(date::local_days day, date::sys_seconds after, bool& odd) const {
    const date::local_info info = zone_.get_info(date::local_seconds(day));
    const date::sys_seconds start{(date::local_seconds(day) - info.first.offset).time_since_epoch()};
    odd = info.result != date::local_info::unique || info.first.begin > start - kNearTransition || info.first.end < start + kNearTransition;
    return odd ? search_odd(day, after) : search_plain(start, after);
  }

 private:
  std::optional<date::sys_seconds> search_plain(date::sys_seconds start, date::sys_seconds after) const {
    for (std::size_t hour = 0; hour < 24; ++hour) {
      if (!fields_.hours.test(hour) || start + hours(hour + 1) <= after) continue;
      for (std::size_t minute = 0; minute < 60; ++minute) {
        const date::sys_seconds moment = start + hours(hour) + minutes(minute);
        if (fields_.minutes.test(minute) && moment > after) return moment;
      }
    }
    return std::nullopt;
  }

  std::optional<date::sys_seconds> search_odd(date::local_days day, date::sys_seconds after) const {
    std::optional<date::sys_seconds> best;
    const auto offer = [&](date::sys_seconds moment) {
      if (moment > after && (!best || moment < *best)) best = moment;
    };
    // Asking the zone is slow, so only wall-clock times that can be next are looked at closely.
    const auto [lowest, highest] = offsets_around(day);
    for (std::size_t hour = 0; hour < 24; ++hour) {
      if (!fields_.hours.test(hour)) continue;
      for (std::size_t minute = 0; minute < 60; ++minute) {
        if (!fields_.minutes.test(minute)) continue;
        const date::local_seconds wall = date::local_seconds(day) + hours(hour) + minutes(minute);
        if (date::sys_seconds((wall - lowest).time_since_epoch()) <= after) continue;
        if (best && date::sys_seconds((wall - highest).time_since_epoch()) > *best) return best;
        offer_wall_time(wall, offer);
      }
    }
    return best;
  }

  std::pair<seconds, seconds> offsets_around(date::local_days day) const {
    const date::sys_seconds middle{date::local_seconds(day).time_since_epoch()};
    std::pair<seconds, seconds> bounds{hours(24), -hours(24)};
    for (const hours shift : {-kNearTransition - hours(14), hours(0), kNearTransition + hours(14)}) {
      const seconds offset = zone_.get_info(middle + shift).offset;
      bounds.first = std::min(bounds.first, offset);
      bounds.second = std::max(bounds.second, offset);
    }
    return bounds;
  }

  template <typename F>
  void offer_wall_time(date::local_seconds wall, F offer) const {
    const date::local_info info = zone_.get_info(wall);
    const date::sys_seconds first{(wall - info.first.offset).time_since_epoch()};
    if (info.result == date::local_info::unique) return offer(first);
    if (info.result == date::local_info::nonexistent) {
      if (!fields_.every_hour() && schedule_.dst_gap == model::Schedule::Gap::shift) offer(info.first.end);
      return;
    }
    const date::sys_seconds second{(wall - info.second.offset).time_since_epoch()};
    const bool both = fields_.every_hour() || fields_.any_minute || schedule_.dst_overlap == model::Schedule::Overlap::both;
    if (both || schedule_.dst_overlap == model::Schedule::Overlap::first) offer(first);
    if (both || schedule_.dst_overlap == model::Schedule::Overlap::second) offer(second);
  }

  const CronFields& fields_;
  const model::Schedule& schedule_;
  const date::time_zone& zone_;
};

}  // namespace

Result<Cron> Cron::make(const model::Schedule& schedule) {
  auto fields = parse_cron(schedule.cron.value);
  if (!fields) return tl::unexpected(fields.error());
  const auto zone = Zone::find(schedule.timezone.value);
  if (!zone) return tl::unexpected(zone.error());
  if (!ever_fires(*fields)) {
    return fail(ErrorKind::refused, "the cron \"" + schedule.cron.value + "\" never fires: no such day is in the calendar",
                "the day of month and the month do not go together");
  }
  Cron cron;
  cron.fields_ = *fields;
  cron.schedule_ = schedule;
  cron.zone_ = zone->data();
  std::tie(cron.unit_, cron.is_even_) = derive_unit(*fields);
  if (schedule.interval) cron.unit_ = *schedule.interval;
  return cron;
}

Time Cron::next(Time after) const {
  const date::time_zone& zone = zone_of(zone_);
  const date::sys_seconds from = to_seconds(after);
  const DaySearch search(fields_, schedule_, zone);
  date::local_days day = std::chrono::floor<date::days>(zone.to_local(from));
  // A gap may move a time by as much as a day (the Pacific has skipped whole days), so near one the search begins two days back.
  const date::sys_info around = zone.get_info(from);
  if (around.begin > from - 2 * kNearTransition || around.end < from + 2 * kNearTransition) day -= date::days(2);
  const date::local_days end = day + date::days(kDaysSearched);
  std::optional<date::sys_seconds> best;
  while (day < end) {
    const date::year_month_day date(day);
    if (!fields_.months.test(static_cast<unsigned>(date.month()))) {
      if (best) return to_time(*best);
      day = date::local_days((date.year() / date.month() / 1) + date::months(1));
      continue;
    }
    bool odd = false;
    if (fields_.matches_day(int(date.year()), unsigned(date.month()), unsigned(date.day()))) {
      const auto found = search.first_after(day, from, odd);
      if (found && (!best || *found < *best)) best = found;
      // Near a change of offset the wall clock's order of days is not the order of time, so the next day has a say, too.
      if (best && !odd) return to_time(*best);
    } else if (best) {
      return to_time(*best);
    }
    day += date::days(1);
  }
  return best ? to_time(*best) : Time::max();
}

std::vector<Time> Cron::between(Time from, Time to, std::size_t most) const {
  std::vector<Time> moments;
  for (Time moment = next(from - microseconds(1)); moment < to && moments.size() < most; moment = next(moment)) moments.push_back(moment);
  return moments;
}

Time Cron::previous(Time before) const {
  // Ever longer spans are looked at, so that few starts lie in the first that holds one.
  constexpr int kLonger = 8;
  for (minutes span{2}; span < date::days(kDaysSearched); span *= kLonger) {
    Time found = Time::min();
    for (Time start = next(before - span - microseconds(1)); start < before; start = next(start)) found = start;
    if (found != Time::min()) return found;
  }
  return Time::min();
}

std::optional<model::IntervalUnit> Cron::interval_unit() const {
  return schedule_.interval || is_even_ ? std::optional(unit_) : std::nullopt;
}

Time Cron::floor_to_unit(Time moment) const {
  const date::sys_seconds whole = to_seconds(moment);
  const date::local_seconds wall = zone_of(zone_).to_local(whole);
  if (const auto length = short_unit(unit_)) return to_time(whole - wall.time_since_epoch() % *length);
  const date::local_days first = floor_unit(std::chrono::floor<date::days>(wall), unit_);
  return moment_of({std::chrono::duration_cast<microseconds>(first.time_since_epoch()).count()});
}

Time Cron::add_unit(Time boundary, int count) const {
  if (const auto length = short_unit(unit_)) return boundary + *length * count;
  // A day that begins in a gap begins after midnight.
  const date::local_days first = floor_unit(std::chrono::floor<date::days>(zone_of(zone_).to_local(to_seconds(boundary))), unit_);
  const date::local_days other = add_units(first, unit_, count);
  return moment_of({std::chrono::duration_cast<microseconds>(other.time_since_epoch()).count()});
}

/// After the start before, and not after this one: so intervals are never empty, and lie end to end.
Time Cron::boundary(Time start) const {
  const Time floor = floor_to_unit(start);
  return floor > previous(start) ? floor : start;
}

store::Interval Cron::interval_for(Time start) const {
  if (schedule_.interval) {
    const Time end = floor_to_unit(start);
    return {add_unit(end, -1), end};
  }
  const Time before = previous(start);
  const Time end = boundary(start);
  return {before == Time::min() ? add_unit(end, -1) : boundary(before), end};
}

store::Interval Cron::last_ended(Time now) const {
  if (schedule_.interval) return interval_for(now);
  const Time coming = next(now);
  if (coming != Time::max()) {
    const store::Interval interval = interval_for(coming);
    if (interval.end <= now) return interval;
  }
  return interval_for(previous(now + microseconds(1)));
}

std::vector<store::Interval> Cron::intervals(Time from, Time to, std::size_t most) const {
  std::vector<store::Interval> all;
  Time start = next(from - microseconds(1));
  while (start != Time::max() && all.size() < most) {
    const store::Interval interval = interval_for(start);
    if (interval.start >= to) break;
    if (interval.start >= from) all.push_back(interval);
    // Of the schedule's own unit, the starts within the one that follows cover the same.
    start = schedule_.interval ? next(add_unit(interval.end, 1) - microseconds(1)) : next(start);
  }
  return all;
}

std::optional<std::pair<Time, Time>> Cron::uneven_starts() const {
  constexpr std::size_t kMostStarts = 400;
  constexpr date::days kSpan{4 * 366};
  if (!schedule_.interval) return std::nullopt;
  const Time begin = to_time(date::sys_days(date::year(2024) / 1 / 1));
  const std::vector<Time> starts = between(begin, begin + kSpan, kMostStarts);
  for (std::size_t i = 1; i < starts.size(); ++i) {
    if (interval_for(starts[i - 1]).end != interval_for(starts[i]).start) return std::pair(starts[i - 1], starts[i]);
  }
  return std::nullopt;
}

ir::TimestampValue Cron::wall_clock(Time moment) const { return Zone(&zone_of(zone_)).wall_clock(moment); }

Time Cron::moment_of(ir::TimestampValue wall) const { return Zone(&zone_of(zone_)).moment_of(wall); }

std::string Cron::definition() const {
  return schedule_.cron.value + "|" + schedule_.timezone.value + "|" + std::to_string(static_cast<int>(schedule_.dst_gap)) + "|" +
         std::to_string(static_cast<int>(schedule_.dst_overlap));
}

std::vector<Time> next_starts(const model::Schedule& schedule, Time after, int count) {
  const auto cron = Cron::make(schedule);
  std::vector<Time> starts;
  if (!cron) return starts;
  for (Time start = cron->next(after); start != Time::max() && static_cast<int>(starts.size()) < count; start = cron->next(start)) {
    starts.push_back(start);
  }
  return starts;
}

namespace {

void check_intervals(const model::Schedule& schedule, const Cron& cron, Diagnostics& diagnostics) {
  const auto starts = cron.uneven_starts();
  if (!starts) return;
  const auto shown = [&cron](Time moment) { return ir::to_string(cron.wall_clock(moment)); };
  const auto covers = [&](Time start) {
    const store::Interval interval = cron.interval_for(start);
    return "the run of " + shown(start) + " covers " + shown(interval.start) + " to " + shown(interval.end);
  };
  const bool leaves_out = cron.interval_for(starts->first).end < cron.interval_for(starts->second).start;
  diagnostics.add(
      Diagnostic{Code::uneven_intervals,
                 Severity::warning,
                 schedule.cron.where,
                 std::string(leaves_out ? "starts of this cron leave time out" : "starts of this cron cover the same time twice") + ": " +
                     covers(starts->first) + ", and " + covers(starts->second),
                 "",
                 "leave out `interval`: then each run covers what lies between the start before and its own",
                 {}});
}

}  // namespace

void check_schedules(const model::Project& project, Diagnostics& diagnostics) {
  for (const model::Pipeline& pipeline : project.pipelines) {
    if (!pipeline.schedule) continue;
    const model::Schedule& schedule = *pipeline.schedule;
    if (const auto fields = parse_cron(schedule.cron.value); !fields) {
      diagnostics.error(Code::invalid_cron, schedule.cron.where, fields.error().message, {}, fields.error().hint);
    }
    if (const auto zone = Zone::find(schedule.timezone.value); !zone) {
      diagnostics.error(Code::unknown_timezone, schedule.timezone.where ? schedule.timezone.where : schedule.where, zone.error().message,
                        zone.error().hint);
      continue;
    }
    if (const auto cron = Cron::make(schedule); !cron && cron.error().kind == ErrorKind::refused) {
      diagnostics.error(Code::cron_never_fires, schedule.cron.where, cron.error().message, {}, cron.error().hint);
    } else if (cron) {
      check_intervals(schedule, *cron, diagnostics);
    }
  }
}

}  // namespace penstock::run
