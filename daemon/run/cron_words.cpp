#include <array>

#include "daemon/run/cron.h"
#include "pipelines/model/language.h"

namespace penstock::run {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                                      "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::size_t kTimesListed = 6;

std::string two_digits(std::size_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string ordinal(std::size_t number) {
  const std::size_t last = number % 10;
  const bool teen = number / 10 == 1;
  return std::to_string(number) + (teen ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th");
}

std::string join(const std::vector<std::string>& parts) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? " and " : ", ";
    out += parts[i];
  }
  return out;
}

/// "Monday to Friday", "1st, 3rd and 9th": three or more neighbours become a range.
template <std::size_t N, typename F>
std::string list(const std::bitset<N>& set, F word) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < N; ++i) {
    if (!set.test(i)) continue;
    std::size_t last = i;
    while (last + 1 < N && set.test(last + 1)) ++last;
    if (last - i >= 2) {
      parts.push_back(word(i) + " to " + word(last));
      i = last;
    } else {
      parts.push_back(word(i));
    }
  }
  return join(parts);
}

/// The distance between the values where they are 0, n, 2n ... to the end; otherwise 0.
template <std::size_t N>
std::size_t even_step(const std::bitset<N>& set) {
  if (!set.test(0) || set.count() < 2 || N % set.count() != 0) return 0;
  const std::size_t step = N / set.count();
  for (std::size_t i = 0; i < N; ++i) {
    if (set.test(i) != (i % step == 0)) return 0;
  }
  return step;
}

std::string number_word(std::size_t number) { return std::to_string(number); }

std::string minute_words(const CronFields& fields) {
  if (fields.minutes.all()) return "every minute";
  if (const std::size_t step = even_step(fields.minutes)) return "every " + std::to_string(step) + " minutes";
  return (fields.minutes.count() == 1 ? "at minute " : "at minutes ") + list(fields.minutes, number_word);
}

std::string time_words(const CronFields& fields) {
  if (fields.every_hour()) {
    const bool whole = fields.minutes.all() || even_step(fields.minutes) > 0;
    return minute_words(fields) + (whole ? "" : " of every hour");
  }
  if (fields.minutes.count() * fields.hours.count() <= kTimesListed) {
    std::vector<std::string> times;
    for (std::size_t hour = 0; hour < 24; ++hour) {
      for (std::size_t minute = 0; minute < 60; ++minute) {
        if (fields.hours.test(hour) && fields.minutes.test(minute)) times.push_back(two_digits(hour) + ":" + two_digits(minute));
      }
    }
    return "at " + join(times);
  }
  if (const std::size_t step = even_step(fields.hours); step > 0 && fields.minutes.count() == 1) {
    return minute_words(fields) + " of every " + ordinal(step) + " hour";
  }
  return minute_words(fields) + (fields.hours.count() == 1 ? " in hour " : " in hours ") + list(fields.hours, number_word);
}

std::string day_words(const CronFields& fields) {
  std::bitset<32> all_days;
  for (std::size_t day = 1; day <= 31; ++day) all_days.set(day);
  const bool every_day = fields.days == all_days;
  const bool every_weekday = fields.weekdays.all();
  const std::string months =
      fields.months.count() == 12 ? "" : list(fields.months, [](std::size_t month) { return std::string(kMonths[month - 1]); });
  const std::string days = "the " + list(fields.days, ordinal);
  const std::string weekdays = list(fields.weekdays, [](std::size_t day) { return std::string(kWeekdays[day]); });
  if (every_day && every_weekday) return months.empty() ? "every day" : "every day in " + months;
  const std::string in_months = months.empty() ? "" : " in " + months;
  if (every_day) return "on " + weekdays + in_months;
  const std::string of_months = " of " + (months.empty() ? "every month" : months);
  if (every_weekday) return "on " + days + of_months;
  const bool both_needed = fields.any_day || fields.any_weekday;
  return "on " + days + of_months + (both_needed ? " if it is " : " and on every ") + weekdays;
}

}  // namespace

std::string Cron::explain() const {
  const std::string days = day_words(fields_);
  std::string words = time_words(fields_);
  if (!fields_.every_hour()) {
    words += " " + days;
  } else if (days != "every day") {
    words += ", " + days;
  }
  return words + ", " + schedule_.timezone.value;
}

std::string Cron::explain_interval() const {
  const std::string unit(model::word_of(unit_));
  if (schedule_.interval) return "each run covers the last whole " + unit + " before it";
  if (is_even_) return "each run covers the calendar " + unit + " before it";
  return "each run covers the whole " + unit + "s since the run before it";
}

}  // namespace penstock::run
