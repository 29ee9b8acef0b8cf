#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "daemon/run/cron.h"
#include "pipelines/base/suggest.h"

namespace penstock::run {
namespace {

struct FieldSpec {
  std::string_view name;
  int lowest;
  int highest;
  std::string_view allowed;
  std::vector<std::string> names;  ///< The first one stands for `lowest`.
};

const std::array<FieldSpec, 5>& field_specs() {
  static const std::array<FieldSpec, 5> specs = {{
      {"minute", 0, 59, "0 to 59, ranges (10-20), steps (*/15) and lists (0,30)", {}},
      {"hour", 0, 23, "0 to 23, ranges (8-18), steps (*/6) and lists (6,18)", {}},
      {"day of month", 1, 31, "1 to 31, ranges (1-7), steps (*/2) and lists (1,15)", {}},
      {"month",
       1,
       12,
       "1 to 12 or jan to dec, ranges (jan-mar), steps (*/3) and lists (1,7)",
       {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
      {"day of week",
       0,
       7,
       "0 (Sunday) to 7 (Sunday again) or sun to sat, ranges (mon-fri), steps (*/2) and lists (1,4)",
       {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
  }};
  return specs;
}

struct Macro {
  std::string_view name;
  std::string_view fields;
};
constexpr std::array<Macro, 7> kMacros = {{{"@yearly", "0 0 1 1 *"},
                                           {"@annually", "0 0 1 1 *"},
                                           {"@monthly", "0 0 1 * *"},
                                           {"@weekly", "0 0 * * 0"},
                                           {"@daily", "0 0 * * *"},
                                           {"@midnight", "0 0 * * *"},
                                           {"@hourly", "0 * * * *"}}};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return out;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

Failure refuse(const FieldSpec& spec, const std::string& what, std::string_view suggestion = {}) {
  std::string hint = std::string(suggestion);
  if (!hint.empty()) hint += "; ";
  return fail(ErrorKind::invalid_input, "the " + std::string(spec.name) + " field of the cron: " + what,
              hint + "allowed: " + std::string(spec.allowed));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find(separator, at);
    parts.push_back(text.substr(at, end == std::string_view::npos ? end : end - at));
    if (end == std::string_view::npos) return parts;
    at = end + 1;
  }
}

std::vector<std::string_view> split_blanks(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find_first_not_of(" \t"); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(" \t", end);
  }
  return parts;
}

std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size() || text.empty() || text.front() == '-') return std::nullopt;
  return number;
}

/// What to write instead of the words of other crons: `?`, `L`, `5L`, `friL`, `15W`, `LW`, `mon#2`. Empty where it is none of them.
std::string_view foreign_way_out(const FieldSpec& spec, const std::string& lower_text) {
  if (lower_text == "?") return "write *";
  const bool is_weekday = spec.name == "day of week";
  if (!is_weekday && spec.name != "day of month") return {};
  const std::string day = lower_text.substr(0, lower_text.find_first_of("lw#"));
  const std::string rest = lower_text.substr(day.size());
  const bool is_day = day.empty() || parse_number(day) || std::find(spec.names.begin(), spec.names.end(), day) != spec.names.end();
  const bool is_known = rest == "l" || rest == "w" || rest == "lw" || (rest.size() > 1 && rest[0] == '#' && parse_number(rest.substr(1)));
  if (!is_day || !is_known) return {};
  if (is_weekday) return "start on that day of every week, and let the query choose by :interval_end";
  if (rest == "l") return "start on the 1st: its interval is the month before";
  return "start on every working day (* * mon-fri), and let the query choose by :interval_end";
}

Result<int> parse_value(const FieldSpec& spec, std::string_view text) {
  if (const auto number = parse_number(text)) {
    if (*number < spec.lowest || *number > spec.highest) return refuse(spec, quoted(text) + " is out of range");
    return *number;
  }
  const std::string wanted = lower(text);
  for (std::size_t i = 0; i < spec.names.size(); ++i) {
    if (spec.names[i] == wanted) return spec.lowest + static_cast<int>(i);
  }
  if (text.empty()) return refuse(spec, "a value is missing");
  if (const std::string_view way_out = foreign_way_out(spec, wanted); !way_out.empty()) {
    return refuse(spec, quoted(text) + " is of another kind of cron (?, L, W and # are not known)", way_out);
  }
  return refuse(spec, quoted(text) + " is no value", did_you_mean(wanted, spec.names));
}

/// One element of a list into the set of values.
Result<void> parse_element(const FieldSpec& spec, std::string_view element, std::vector<bool>& values) {
  const std::size_t slash = element.find('/');
  const std::string_view range = element.substr(0, slash);
  int step = 1;
  if (slash != std::string_view::npos) {
    const auto number = parse_number(element.substr(slash + 1));
    if (!number || *number == 0) return refuse(spec, "the step of " + quoted(element) + " is not a number above 0");
    step = *number;
  }
  int from = spec.lowest;
  int to = spec.name == "day of week" ? 6 : spec.highest;
  if (range != "*") {
    const std::size_t dash = range.find('-');
    auto first = parse_value(spec, range.substr(0, dash));
    if (!first) return tl::unexpected(first.error());
    auto last = first;
    if (dash != std::string_view::npos) last = parse_value(spec, range.substr(dash + 1));
    if (!last) return tl::unexpected(last.error());
    if (dash == std::string_view::npos && slash != std::string_view::npos) {
      return refuse(spec, quoted(element) + " has a step and no range",
                    "write " + std::string(range) + "-" + std::to_string(to) + "/" + std::to_string(step));
    }
    if (*last < *first) return refuse(spec, "the range " + quoted(range) + " runs backwards");
    from = *first;
    to = *last;
  }
  for (int value = from; value <= to; value += step) values[static_cast<std::size_t>(value)] = true;
  return {};
}

template <std::size_t N>
Result<void> parse_field(const FieldSpec& spec, std::string_view text, std::bitset<N>& set) {
  std::vector<bool> values(static_cast<std::size_t>(spec.highest) + 1);
  for (const std::string_view element : split(text, ',')) {
    if (auto parsed = parse_element(spec, element, values); !parsed) return parsed;
  }
  for (std::size_t value = 0; value < values.size(); ++value) {
    if (values[value]) set.set(value % (spec.name == "day of week" ? 7 : N));
  }
  return {};
}

Result<std::string_view> expand_macro(std::string_view text) {
  const std::string wanted = lower(text);
  std::vector<std::string> names;
  for (const Macro& macro : kMacros) {
    if (macro.name == wanted) return macro.fields;
    names.emplace_back(macro.name);
  }
  std::string hint = did_you_mean(wanted, names);
  if (hint.empty()) hint = "allowed: @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually";
  return fail(ErrorKind::invalid_input, quoted(text) + " is no cron", hint);
}

unsigned days_in_month(int year, unsigned month) {
  constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

}  // namespace

bool CronFields::matches_day(int year, unsigned month, unsigned day) const {
  if (!months.test(month) || day > days_in_month(year, month)) return false;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  const bool by_day = days.test(day);
  const bool by_weekday = weekdays.test(std::chrono::weekday(std::chrono::sys_days(date)).c_encoding());
  return any_day || any_weekday ? by_day && by_weekday : by_day || by_weekday;
}

Result<CronFields> parse_cron(std::string_view text) {
  std::vector<std::string_view> fields = split_blanks(text);
  if (fields.empty()) return fail(ErrorKind::invalid_input, "the cron is empty", "write five fields, such as \"15 2 * * *\", or @daily");
  if (fields.size() == 1 && fields[0].front() == '@') {
    const auto expanded = expand_macro(fields[0]);
    if (!expanded) return tl::unexpected(expanded.error());
    fields = split_blanks(*expanded);
  }
  const auto& specs = field_specs();
  if (fields.size() != specs.size()) {
    return fail(ErrorKind::invalid_input,
                "a cron has five fields (minute, hour, day of month, month, day of week), this one has " + std::to_string(fields.size()),
                fields.size() == 6 || fields.size() == 7 ? "seconds and years are not known" : "\"15 2 * * *\" is every day at 02:15");
  }
  CronFields cron;
  if (auto parsed = parse_field(specs[0], fields[0], cron.minutes); !parsed) return tl::unexpected(parsed.error());
  if (auto parsed = parse_field(specs[1], fields[1], cron.hours); !parsed) return tl::unexpected(parsed.error());
  if (auto parsed = parse_field(specs[2], fields[2], cron.days); !parsed) return tl::unexpected(parsed.error());
  if (auto parsed = parse_field(specs[3], fields[3], cron.months); !parsed) return tl::unexpected(parsed.error());
  if (auto parsed = parse_field(specs[4], fields[4], cron.weekdays); !parsed) return tl::unexpected(parsed.error());
  cron.any_day = fields[2].front() == '*';
  cron.any_weekday = fields[4].front() == '*';
  cron.any_minute = cron.minutes.count() > 1 && fields[0].find_first_of("*/") != std::string_view::npos;
  return cron;
}

}  // namespace penstock::run
