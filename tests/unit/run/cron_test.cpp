#include "daemon/run/cron.h"

#include <date/date.h>
#include <date/tz.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>

#include "tests/sanitized.h"

namespace penstock::run {
namespace {

model::Schedule schedule(const std::string& cron, const std::string& zone = "UTC") {
  model::Schedule made;
  made.cron.value = cron;
  made.timezone.value = zone;
  return made;
}

Time utc(const std::string& text) {
  std::istringstream in(text);
  date::sys_time<std::chrono::microseconds> moment;
  in >> date::parse("%F %H:%M", moment);
  EXPECT_FALSE(in.fail()) << text;
  return Time(moment.time_since_epoch());
}

std::string text_of(Time moment) { return date::format("%F %H:%M", date::floor<std::chrono::minutes>(moment)); }

std::string next_after(const model::Schedule& what, const std::string& after) {
  const auto cron = Cron::make(what);
  EXPECT_TRUE(cron) << cron.error().message;
  return cron ? text_of(cron->next(utc(after))) : "";
}

struct NextCase {
  const char* cron;
  const char* zone;
  const char* after;  // UTC
  const char* expected;
};

class CronNext : public testing::TestWithParam<NextCase> {};

TEST_P(CronNext, Fires) {
  const NextCase& c = GetParam();
  EXPECT_EQ(next_after(schedule(c.cron, c.zone), c.after), c.expected) << c.cron << " " << c.zone;
}

INSTANTIATE_TEST_SUITE_P(
    Calendar, CronNext,
    testing::Values(NextCase{"15 2 * * *", "UTC", "2026-01-01 02:14", "2026-01-01 02:15"},
                    NextCase{"15 2 * * *", "UTC", "2026-01-01 02:15", "2026-01-02 02:15"},
                    NextCase{"0 0 29 2 *", "UTC", "2026-01-01 00:00", "2028-02-29 00:00"},
                    NextCase{"0 0 29 2 *", "UTC", "2097-01-01 00:00", "2104-02-29 00:00"},  // 2100 is no leap year.
                    NextCase{"0 0 31 * *", "UTC", "2026-02-01 00:00", "2026-03-31 00:00"},
                    NextCase{"@yearly", "UTC", "2026-01-01 00:00", "2027-01-01 00:00"},
                    NextCase{"@hourly", "UTC", "2026-12-31 23:00", "2027-01-01 00:00"},
                    NextCase{"0 0 * * mon", "UTC", "2026-11-21 00:00", "2026-11-23 00:00"},
                    NextCase{"0 0 * * 7", "UTC", "2026-11-21 00:00", "2026-11-22 00:00"},
                    NextCase{"0 0 * * 5-7", "UTC", "2026-11-22 00:00", "2026-11-27 00:00"},
                    NextCase{"0 0 13 * 5", "UTC", "2026-11-01 00:00", "2026-11-06 00:00"},    // Either: the first Friday.
                    NextCase{"0 0 */13 * 5", "UTC", "2026-11-01 00:00", "2026-11-27 00:00"},  // Begins with a star: both.
                    NextCase{"0 0 1,15 jan-mar *", "UTC", "2026-03-15 00:00", "2027-01-01 00:00"},
                    NextCase{"*/20 9-10 * * *", "UTC", "2026-01-01 10:40", "2026-01-02 09:00"}));

INSTANTIATE_TEST_SUITE_P(DaylightSaving, CronNext,
                         testing::Values(
                             // New York skips 02:00-03:00 on 2026-03-08 and repeats 01:00-02:00 on 2026-11-01.
                             NextCase{"30 2 * * *", "America/New_York", "2026-03-08 00:00", "2026-03-08 07:00"},
                             NextCase{"30 2 * * *", "America/New_York", "2026-03-08 07:00", "2026-03-09 06:30"},
                             NextCase{"30 1 * * *", "America/New_York", "2026-11-01 00:00", "2026-11-01 05:30"},
                             NextCase{"30 1 * * *", "America/New_York", "2026-11-01 05:30", "2026-11-02 06:30"},
                             NextCase{"30 * * * *", "America/New_York", "2026-11-01 05:30", "2026-11-01 06:30"},
                             NextCase{"30 * * * *", "America/New_York", "2026-03-08 06:30", "2026-03-08 07:30"},
                             NextCase{"0 3 * * *", "America/New_York", "2026-03-07 12:00", "2026-03-08 07:00"},
                             // Berlin skips 02:00-03:00 on 2026-03-29 and repeats 02:00-03:00 on 2026-10-25.
                             NextCase{"15 2 * * *", "Europe/Berlin", "2026-03-28 12:00", "2026-03-29 01:00"},
                             NextCase{"15 2 * * *", "Europe/Berlin", "2026-10-24 12:00", "2026-10-25 00:15"},
                             NextCase{"15 2 * * *", "Europe/Berlin", "2026-10-25 00:15", "2026-10-26 01:15"},
                             // Lord Howe moves by half an hour: 02:00-02:30 is skipped on 2026-10-04.
                             NextCase{"15 2 * * *", "Australia/Lord_Howe", "2026-10-03 00:00", "2026-10-03 15:30"},
                             // Beirut skips 00:00-01:00 on 2026-03-29: midnight itself is missing.
                             NextCase{"0 0 * * *", "Asia/Beirut", "2026-03-28 00:00", "2026-03-28 22:00"},
                             NextCase{"0 */6 * * *", "Asia/Beirut", "2026-03-28 16:00", "2026-03-28 22:00"},
                             // Apia skipped the whole of 2011-12-30.
                             NextCase{"15 2 * * *", "Pacific/Apia", "2011-12-29 12:15", "2011-12-30 10:00"},
                             NextCase{"15 2 * * *", "Pacific/Apia", "2011-12-30 10:00", "2011-12-30 12:15"},
                             NextCase{"0 12 * * *", "Asia/Kolkata", "2026-05-05 00:00", "2026-05-05 06:30"}));

TEST(Cron, TheRulesForTheTwoOddDaysAreTheUsers) {
  model::Schedule gap = schedule("30 2 * * *", "America/New_York");
  gap.dst_gap = model::Schedule::Gap::skip;
  EXPECT_EQ(next_after(gap, "2026-03-08 00:00"), "2026-03-09 06:30");
  model::Schedule overlap = schedule("30 1 * * *", "America/New_York");
  overlap.dst_overlap = model::Schedule::Overlap::second;
  EXPECT_EQ(next_after(overlap, "2026-11-01 00:00"), "2026-11-01 06:30");
  overlap.dst_overlap = model::Schedule::Overlap::both;
  EXPECT_EQ(next_after(overlap, "2026-11-01 00:00"), "2026-11-01 05:30");
  EXPECT_EQ(next_after(overlap, "2026-11-01 05:30"), "2026-11-01 06:30");
}

TEST(Cron, ByDefaultADailyJobRunsOnceEveryDayInEveryZone) {
  for (const char* zone :
       {"America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Beirut", "America/Havana", "Pacific/Chatham"}) {
    for (const char* time : {"0 0", "30 0", "30 1", "15 2", "45 2", "0 3", "30 23"}) {
      const auto cron = Cron::make(schedule(std::string(time) + " * * *", zone));
      ASSERT_TRUE(cron);
      const auto moments = cron->between(utc("2026-01-01 12:00"), utc("2027-01-01 12:00"), 1000);
      ASSERT_EQ(moments.size(), 365U) << time << " " << zone;
      std::set<std::int64_t> days;
      for (const Time moment : moments) days.insert(cron->wall_clock(moment).microseconds / 86400000000);
      EXPECT_EQ(days.size(), 365U) << time << " " << zone;
    }
  }
}

struct BadCase {
  const char* cron;
  const char* says;
};
class BadCron : public testing::TestWithParam<BadCase> {};

TEST_P(BadCron, IsRefusedWithTheFieldAndWhatIsAllowed) {
  const auto parsed = parse_cron(GetParam().cron);
  ASSERT_FALSE(parsed) << GetParam().cron;
  EXPECT_EQ(parsed.error().kind, ErrorKind::invalid_input);
  const std::string all = parsed.error().message + " | " + parsed.error().hint;
  EXPECT_NE(all.find(GetParam().says), std::string::npos) << all;
}

INSTANTIATE_TEST_SUITE_P(
    All, BadCron,
    testing::Values(BadCase{"", "empty"}, BadCase{"* * * *", "this one has 4"}, BadCase{"0 0 0 * * *", "seconds"},
                    BadCase{"61 * * * *", "minute field"}, BadCase{"* 24 * * *", "0 to 23"}, BadCase{"* * 0 * *", "1 to 31"},
                    BadCase{"* * * 13 *", "month"}, BadCase{"* * * * 8", "day of week"}, BadCase{"5-1 * * * *", "backwards"},
                    BadCase{"*/0 * * * *", "step"}, BadCase{"5/15 * * * *", "5-59/15"}, BadCase{"1,,2 * * * *", "missing"},
                    BadCase{"* * * * mno", "did you mean"}, BadCase{"* * L * *", "another kind"}, BadCase{"0 9 L * *", "on the 1st"},
                    BadCase{"0 9 15W * *", "working day"}, BadCase{"0 9 LW * *", "working day"}, BadCase{"0 9 ? * 1", "write *"},
                    BadCase{"0 9 * * 5L", "day of every week"}, BadCase{"0 9 * * friL", "another kind"},
                    BadCase{"0 9 * * MON#2", "another kind"}, BadCase{"0 9 * * 1#3", "day of every week"},
                    BadCase{"0 9 * * mno#2", "no value"}, BadCase{"0 9L * * *", "no value"}, BadCase{"-1 * * * *", "minute"},
                    BadCase{"@daly", "did you mean"}, BadCase{"@reboot", "allowed"}, BadCase{"99999999999 * * * *", "minute"},
                    BadCase{"1- * * * *", "missing"}));

TEST(Cron, WhatNeverFiresIsFound) {
  for (const char* cron : {"0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 30,31 feb *"}) {
    const auto made = Cron::make(schedule(cron));
    ASSERT_FALSE(made) << cron;
    EXPECT_EQ(made.error().kind, ErrorKind::refused);
  }
  EXPECT_TRUE(Cron::make(schedule("0 0 30 2 1"))) << "a restricted day of week fires by itself";
}

TEST(Cron, AnUnknownZoneGetsTheNearestName) {
  const auto made = Cron::make(schedule("@daily", "Europe/Berln"));
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().hint.find("Europe/Berlin"), std::string::npos) << made.error().hint;
}

TEST(Cron, ExplainsItselfInWords) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"15 2 * * *", "at 02:15 every day, UTC"},
      {"* * * * *", "every minute, UTC"},
      {"*/15 * * * *", "every 15 minutes, UTC"},
      {"30 * * * *", "at minute 30 of every hour, UTC"},
      {"0 6,18 * * 1-5", "at 06:00 and 18:00 on Monday to Friday, UTC"},
      {"0 0 1 * *", "at 00:00 on the 1st of every month, UTC"},
      {"0 0 29 2 *", "at 00:00 on the 29th of February, UTC"},
      {"0 0 13 * 5", "at 00:00 on the 13th of every month and on every Friday, UTC"},
      {"0 */6 * * *", "at 00:00, 06:00, 12:00 and 18:00 every day, UTC"},
      {"0 */2 * * *", "at minute 0 of every 2nd hour every day, UTC"},
      {"*/10 * * jan-mar *", "every 10 minutes, every day in January to March, UTC"},
      {"0 0 1,11,21 * *", "at 00:00 on the 1st, 11th and 21st of every month, UTC"}};
  for (const auto& [cron, words] : cases) EXPECT_EQ(Cron::make(schedule(cron))->explain(), words);
}

TEST(Cron, CoversTheCalendarUnitBeforeItsNominalTime) {
  struct Case {
    const char* cron;
    const char* zone;
    const char* nominal;
    const char* start;
    const char* end;
  };
  for (const Case& c : std::vector<Case>{
           {"15 2 * * *", "America/New_York", "2026-11-21 07:15", "2026-11-20 05:00", "2026-11-21 05:00"},
           {"15 2 * * *", "America/New_York", "2026-03-09 06:15", "2026-03-08 05:00", "2026-03-09 04:00"},  // A day of 23 hours.
           {"15 2 * * *", "America/New_York", "2026-11-02 07:15", "2026-11-01 04:00", "2026-11-02 05:00"},  // A day of 25 hours.
           {"0 3 1 * *", "UTC", "2001-03-01 03:00", "2001-02-01 00:00", "2001-03-01 00:00"},
           {"0 3 * * mon", "UTC", "2026-11-23 03:00", "2026-11-16 00:00", "2026-11-23 00:00"},
           {"0 3 1 1,4,7,10 *", "UTC", "2026-04-01 03:00", "2026-01-01 00:00", "2026-04-01 00:00"},
           {"0 3 1 1 *", "UTC", "2026-01-01 03:00", "2025-01-01 00:00", "2026-01-01 00:00"},
           {"30 * * * *", "Asia/Kolkata", "2026-01-01 10:00", "2026-01-01 08:30", "2026-01-01 09:30"},
           {"* * * * *", "UTC", "2026-01-02 18:07", "2026-01-02 18:06", "2026-01-02 18:07"}}) {
    const auto interval = Cron::make(schedule(c.cron, c.zone))->interval_for(utc(c.nominal));
    EXPECT_EQ(text_of(interval.start), c.start) << c.cron;
    EXPECT_EQ(text_of(interval.end), c.end) << c.cron;
  }
}

TEST(Cron, CoversWhatLiesBetweenItsStartsWhereThereIsNoUnitForOne) {
  struct Case {
    const char* cron;
    const char* zone;
    const char* nominal;
    const char* start;
    const char* end;
  };
  for (const Case& c : std::vector<Case>{
           {"0 9 * * mon-fri", "UTC", "2026-11-23 09:00", "2026-11-20 00:00", "2026-11-23 00:00"},  // Monday: Friday to Sunday.
           {"0 9 * * mon-fri", "UTC", "2026-11-24 09:00", "2026-11-23 00:00", "2026-11-24 00:00"},
           {"0 0 1 1,7 *", "UTC", "2026-07-01 00:00", "2026-01-01 00:00", "2026-07-01 00:00"},
           {"0 0 1 2,8 *", "UTC", "2026-08-01 00:00", "2026-02-01 00:00", "2026-08-01 00:00"},
           {"0 3 31 * *", "UTC", "2026-03-31 03:00", "2026-01-01 00:00", "2026-03-01 00:00"},
           {"0 6,20 * * *", "UTC", "2026-01-02 06:00", "2026-01-01 20:00", "2026-01-02 06:00"},
           {"30 9,21 * * *", "UTC", "2026-01-02 21:30", "2026-01-02 09:00", "2026-01-02 21:00"},
           {"0 0 1,15 * *", "UTC", "2026-02-01 00:00", "2026-01-15 00:00", "2026-02-01 00:00"},
           {"*/15 * * * *", "Asia/Kolkata", "2026-01-01 10:45", "2026-01-01 10:30", "2026-01-01 10:45"},
           {"0 9 * jan mon", "UTC", "2026-01-05 09:00", "2025-01-27 00:00", "2026-01-05 00:00"}}) {
    const auto interval = Cron::make(schedule(c.cron, c.zone))->interval_for(utc(c.nominal));
    EXPECT_EQ(text_of(interval.start), c.start) << c.cron;
    EXPECT_EQ(text_of(interval.end), c.end) << c.cron;
  }
}

TEST(Cron, ATimeThatComesTwiceOrNotAtAllLeavesNothingOut) {
  model::Schedule twice = schedule("30 1 * * *", "America/New_York");
  twice.dst_overlap = model::Schedule::Overlap::both;
  const auto both = Cron::make(twice);
  EXPECT_EQ(text_of(both->interval_for(utc("2026-11-01 06:30")).start), "2026-11-01 04:00");
  EXPECT_EQ(text_of(both->interval_for(utc("2026-11-01 06:30")).end), "2026-11-01 06:30") << "the second start of one day";
  EXPECT_EQ(text_of(both->interval_for(utc("2026-11-02 06:30")).start), "2026-11-01 06:30");
  model::Schedule never = schedule("30 2 * * *", "America/New_York");
  never.dst_gap = model::Schedule::Gap::skip;
  EXPECT_EQ(text_of(Cron::make(never)->interval_for(utc("2026-03-09 06:30")).start), "2026-03-07 05:00") << "the 7th and the 8th";
}

TEST(Cron, AStartByHandTakesTheNewestIntervalThatHasEnded) {
  const auto daily = Cron::make(schedule("15 2 * * *"));
  for (const char* now : {"2026-11-21 00:00", "2026-11-21 01:00", "2026-11-21 02:15", "2026-11-21 23:59"}) {
    EXPECT_EQ(text_of(daily->last_ended(utc(now)).start), "2026-11-20 00:00") << now;
  }
  const auto workdays = Cron::make(schedule("0 9 * * mon-fri"));
  EXPECT_EQ(text_of(workdays->last_ended(utc("2026-11-22 12:00")).start), "2026-11-19 00:00") << "on a Sunday the Thursday";
  EXPECT_EQ(text_of(workdays->last_ended(utc("2026-11-23 00:00")).start), "2026-11-20 00:00");
}

/// One field of a random cron, and the whole of it.
class RandomSchedule {
 public:
  explicit RandomSchedule(std::uint64_t seed) : random_(seed) {}

  model::Schedule next() {
    const std::vector<const char*> zones = {"UTC",          "America/New_York",  "Europe/Berlin",     "Australia/Lord_Howe", "Pacific/Apia",
                                            "Asia/Kolkata", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kathmandu"};
    const std::string minute = field(0, 59, 6), hour = field(0, 23, 4), day = field(1, 31, 2), month = field(1, 12, 2);
    model::Schedule made = schedule(minute + " " + hour + " " + day + " " + month + " " + field(0, 6, 2),
                                    zones[static_cast<std::size_t>(pick(0, static_cast<int>(zones.size()) - 1))]);
    made.dst_gap = pick(0, 1) == 0 ? model::Schedule::Gap::shift : model::Schedule::Gap::skip;
    made.dst_overlap = static_cast<model::Schedule::Overlap>(pick(0, 2));
    return made;
  }
  int pick(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

 private:
  std::string field(int lowest, int highest, int one_in) {
    if (pick(1, one_in) == 1 && lowest + highest != 59) return "*";
    if (pick(1, 4) == 1) return "*/" + std::to_string(pick(2, 12));
    std::string text = std::to_string(pick(lowest, highest));
    for (int more = pick(0, 2); more > 0; --more) text += "," + std::to_string(pick(lowest, highest));
    return text;
  }

  std::mt19937_64 random_;
};

TEST(Cron, IntervalsOfConsecutiveStartsLieEndToEndAndABackfillHasTheSame) {
  RandomSchedule random(20261130);
  int looked_at = 0;
  for (int i = 0; i < random_cases(400); ++i) {
    const model::Schedule what = random.next();
    const auto cron = Cron::make(what);
    if (!cron) continue;
    SCOPED_TRACE(what.cron.value + " " + what.timezone.value);
    // Near a change of the clocks, as often as not; Apia left a day out at the end of 2011.
    const Time from = utc("2011-01-01 00:00") + std::chrono::hours(24 * random.pick(0, 400));
    std::vector<Time> starts = cron->between(from, from + std::chrono::hours(24 * 366 * 9), 40);
    if (starts.size() < 2) continue;
    std::vector<store::Interval> scheduled;
    for (const Time start : starts) {
      const store::Interval interval = cron->interval_for(start);
      ASSERT_LT(interval.start, interval.end);
      ASSERT_LE(interval.end, start) << "no run covers time to come";
      ASSERT_EQ(cron->last_ended(start).end, interval.end);
      if (!scheduled.empty()) {
        ASSERT_EQ(scheduled.back().end, interval.start);
      }
      scheduled.push_back(interval);
    }
    ASSERT_EQ(cron->intervals(scheduled.front().start, scheduled.back().end, 1000), scheduled);
    ASSERT_EQ(cron->previous(starts[1]), starts[0]);
    looked_at += static_cast<int>(starts.size());
  }
  EXPECT_GT(looked_at, random_cases(9000) / 2);
}

TEST(Cron, AnIntervalOfItsOwnThatDoesNotFitTheCronIsFound) {
  const auto uneven = [](const char* text, model::IntervalUnit unit) {
    model::Schedule what = schedule(text);
    what.interval = unit;
    return Cron::make(what)->uneven_starts().has_value();
  };
  using Unit = model::IntervalUnit;
  EXPECT_FALSE(uneven("15 2 * * *", Unit::day));
  EXPECT_FALSE(uneven("0 3 1 * *", Unit::month));
  for (const char* zone : {"America/New_York", "Europe/Berlin", "Australia/Lord_Howe"}) {
    model::Schedule daily = schedule("30 2 * * *", zone);
    daily.interval = Unit::day;
    EXPECT_FALSE(Cron::make(daily)->uneven_starts()) << zone;
  }
  EXPECT_TRUE(uneven("15 2 * * *", Unit::month)) << "the same month thirty times";
  EXPECT_TRUE(uneven("0 9 * * mon-fri", Unit::day)) << "no Friday, no Saturday";
  EXPECT_TRUE(uneven("*/15 * * * *", Unit::hour));
  EXPECT_TRUE(uneven("0 0 1 1,7 *", Unit::month));
}

TEST(Cron, ABackfillOfItsOwnIntervalHasThoseOfTheStartsEachOnce) {
  model::Schedule what = schedule("0 9 * * mon-fri");
  what.interval = model::IntervalUnit::day;
  EXPECT_EQ(Cron::make(what)->intervals(utc("2026-11-16 00:00"), utc("2026-11-30 00:00"), 100).size(), 10U) << "no Friday, no Saturday";
  what = schedule("*/15 * * * *");
  what.interval = model::IntervalUnit::hour;
  EXPECT_EQ(Cron::make(what)->intervals(utc("2026-11-16 00:00"), utc("2026-11-17 00:00"), 100).size(), 24U);
}

TEST(Cron, CutsASpanIntoItsUnitsWithoutHoles) {
  model::Schedule monthly = schedule("@daily", "Europe/Berlin");
  monthly.interval = model::IntervalUnit::month;
  const auto cron = Cron::make(monthly);
  const auto months =
      cron->intervals(cron->moment_of({978307200000000}), cron->moment_of({993945600000000}), 100);  // 2001-01-01 to 2001-07-01
  ASSERT_EQ(months.size(), 6U);
  EXPECT_EQ(text_of(months[0].start), "2000-12-31 23:00");
  EXPECT_EQ(text_of(months[3].start), "2001-03-31 22:00");
  for (std::size_t i = 1; i < months.size(); ++i) EXPECT_EQ(months[i].start, months[i - 1].end);
}

/// Reads one field the naive way: is this value in it?
bool naive_field(const std::string& field, int value, int lowest, int highest) {
  std::istringstream parts(field);
  for (std::string part; std::getline(parts, part, ',');) {
    int step = 1;
    if (const auto slash = part.find('/'); slash != std::string::npos) {
      step = std::stoi(part.substr(slash + 1));
      part.resize(slash);
    }
    int from = lowest;
    int to = highest;
    if (part != "*") {
      const auto dash = part.find('-');
      from = std::stoi(part);
      to = dash == std::string::npos ? from : std::stoi(part.substr(dash + 1));
    }
    if (value >= from && value <= to && (value - from) % step == 0) return true;
  }
  return false;
}

/// A minute of UTC as the zone's wall clock shows it.
struct Minute {
  date::sys_seconds moment;
  int minute, hour, day, month, weekday;
  bool ambiguous, second;
};

struct Window {
  std::vector<Minute> minutes;
  std::vector<std::pair<date::sys_seconds, std::vector<Minute>>> gaps;  // Where a gap ends, and the wall times that it left out.
};

Minute minute_at(date::local_seconds wall) {
  const auto day = date::floor<date::days>(wall);
  const date::year_month_day date(day);
  const date::hh_mm_ss time(wall - day);
  return {{},
          int(time.minutes().count()),
          int(time.hours().count()),
          int(unsigned(date.day())),
          int(unsigned(date.month())),
          int(date::weekday(day).c_encoding()),
          false,
          false};
}

Window window_of(const std::string& zone_name, Time from, int days) {
  const date::time_zone* zone = date::locate_zone(zone_name);
  Window window;
  date::sys_seconds moment(std::chrono::floor<std::chrono::seconds>(from).time_since_epoch());
  auto offset = zone->get_info(moment).offset;
  for (int i = 0; i < days * 1440; ++i, moment += std::chrono::minutes(1)) {
    const auto now_offset = zone->get_info(moment).offset;
    const date::local_seconds wall(moment.time_since_epoch() + now_offset);
    if (now_offset > offset) {
      std::vector<Minute> lost;
      for (auto t = wall - (now_offset - offset); t < wall; t += std::chrono::minutes(1)) lost.push_back(minute_at(t));
      window.gaps.emplace_back(moment, lost);
    }
    offset = now_offset;
    Minute minute = minute_at(wall);
    minute.moment = moment;
    const auto info = zone->get_info(wall);
    minute.ambiguous = info.result == date::local_info::ambiguous;
    minute.second = minute.ambiguous && now_offset == info.second.offset;
    window.minutes.push_back(minute);
  }
  return window;
}

constexpr int kRandomOnes = random_cases(5000);

TEST(Cron, RandomOnesAgreeWithLookingAtEveryMinute) {
  const std::uint32_t seed = 20261121;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto pick = [&](int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); };
  const std::vector<std::pair<const char*, const char*>> places = {
      {"UTC", "2028-02-25 00:00"},           {"America/New_York", "2026-03-04 00:00"},    {"America/New_York", "2026-10-28 00:00"},
      {"Europe/Berlin", "2026-10-21 00:00"}, {"Australia/Lord_Howe", "2026-09-30 00:00"}, {"Australia/Lord_Howe", "2026-04-01 00:00"},
      {"Asia/Beirut", "2026-03-25 00:00"},   {"America/Havana", "2026-10-28 00:00"},      {"Pacific/Apia", "2011-12-26 00:00"}};
  constexpr int kDays = 6;
  std::vector<Window> windows;
  for (const auto& [zone, from] : places) windows.push_back(window_of(zone, utc(from), kDays));
  const auto field = [&](int lowest, int highest, int star_percent) -> std::string {
    if (pick(1, 100) <= star_percent) return "*";
    std::string text;
    for (int parts = pick(1, 2); parts > 0; --parts) {
      const int from = pick(lowest, highest);
      const int to = pick(from, highest);
      const int kind = pick(1, 4);
      if (!text.empty()) text += ",";
      if (kind == 1) text += "*/" + std::to_string(pick(1, highest));
      if (kind == 2) text += std::to_string(from);
      if (kind == 3) text += std::to_string(from) + "-" + std::to_string(to);
      if (kind == 4) text += std::to_string(from) + "-" + std::to_string(to) + "/" + std::to_string(pick(1, 9));
    }
    return text;
  };
  int fired = 0;
  for (int i = 0; i < kRandomOnes; ++i) {
    const std::string m = field(0, 59, 3), h = field(0, 23, 25), dom = field(1, 31, 60), mon = field(1, 12, 90), dow = field(0, 6, 60);
    const std::size_t place = static_cast<std::size_t>(i) % places.size();
    model::Schedule what = schedule(m + " " + h + " " + dom + " " + mon + " " + dow, places[place].first);
    what.dst_gap = pick(0, 1) == 0 ? model::Schedule::Gap::shift : model::Schedule::Gap::skip;
    what.dst_overlap = static_cast<model::Schedule::Overlap>(pick(0, 2));
    const auto cron = Cron::make(what);
    if (!cron) {
      EXPECT_EQ(cron.error().kind, ErrorKind::refused) << what.cron.value;
      continue;
    }
    bool hours[24], minutes[60], days[32], months[13], weekdays[7];
    int hour_count = 0, minute_count = 0;
    for (int v = 0; v < 24; ++v) hour_count += hours[v] = naive_field(h, v, 0, 23);
    for (int v = 0; v < 60; ++v) minute_count += minutes[v] = naive_field(m, v, 0, 59);
    for (int v = 1; v < 32; ++v) days[v] = naive_field(dom, v, 1, 31);
    for (int v = 1; v < 13; ++v) months[v] = naive_field(mon, v, 1, 12);
    for (int v = 0; v < 7; ++v) weekdays[v] = naive_field(dow, v, 0, 6);
    const bool both_needed = dom[0] == '*' || dow[0] == '*';
    const auto matches = [&](const Minute& t) {
      const bool day = both_needed ? days[t.day] && weekdays[t.weekday] : days[t.day] || weekdays[t.weekday];
      return minutes[t.minute] && hours[t.hour] && months[t.month] && day;
    };
    const bool elapsed = hour_count == 24;
    const bool both_halves =
        elapsed || (minute_count > 1 && m.find_first_of("*/") != std::string::npos) || what.dst_overlap == model::Schedule::Overlap::both;
    std::set<date::sys_seconds> expected;
    for (const Minute& t : windows[place].minutes) {
      if (!matches(t)) continue;
      if (t.ambiguous && !both_halves && t.second != (what.dst_overlap == model::Schedule::Overlap::second)) continue;
      expected.insert(t.moment);
    }
    if (!elapsed && what.dst_gap == model::Schedule::Gap::shift) {
      for (const auto& [end, lost] : windows[place].gaps) {
        if (std::any_of(lost.begin(), lost.end(), matches)) expected.insert(end);
      }
    }
    const Time from = utc(places[place].second);
    const auto got = cron->between(from, from + std::chrono::hours(24 * kDays), 100000);
    ASSERT_EQ(got.size(), expected.size()) << what.cron.value << " " << what.timezone.value;
    std::size_t at = 0;
    for (const auto& moment : expected)
      ASSERT_EQ(got[at++].time_since_epoch(), moment.time_since_epoch()) << what.cron.value << " " << what.timezone.value;
    fired += static_cast<int>(expected.size());
  }
  EXPECT_GT(fired, kRandomOnes);
}

TEST(Cron, TheScheduleCheckPointsAtTheFault) {
  model::Project project;
  for (const auto& [cron, zone] : std::vector<std::pair<std::string, std::string>>{
           {"0 0 30 2 *", "UTC"}, {"x * * * *", "UTC"}, {"@daily", "Mars/Olympus"}, {"@daily", "UTC"}, {"0 9 * * mon-fri", "UTC"}}) {
    model::Pipeline& pipeline = project.pipelines.emplace_back();
    pipeline.schedule = schedule(cron, zone);
    pipeline.schedule->interval = model::IntervalUnit::day;
    pipeline.schedule->cron.where = {0, static_cast<std::uint32_t>(project.pipelines.size()), 9, 1};
  }
  Diagnostics diagnostics;
  check_schedules(project, diagnostics);
  std::set<Code> codes;
  for (const Diagnostic& diagnostic : diagnostics.sorted()) codes.insert(diagnostic.code);
  EXPECT_EQ(codes, (std::set<Code>{Code::invalid_cron, Code::unknown_timezone, Code::cron_never_fires, Code::uneven_intervals}));
  EXPECT_EQ(diagnostics.error_count(), 3U);
}

}  // namespace
}  // namespace penstock::run
