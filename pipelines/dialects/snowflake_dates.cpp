#include <array>

#include "pipelines/dialects/snowflake_calls.h"
#include "pipelines/dialects/target.h"

// A timestamptz is a TIMESTAMP_LTZ, whose parts, text and casts follow the session's TIMEZONE: each goes through UTC here. Weeks are ISO
// weeks by name, as WEEK_START moves the others. Formats are spelled out, as the session's would be taken otherwise.
// docs.snowflake.com: Date & time input and output formats, CONVERT_TIMEZONE, Calendar weeks and weekdays, TO_TIMESTAMP; read 2026-11-30.

namespace penstock::dialects::snowflake {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

constexpr std::string_view kDate = "YYYY-MM-DD";
constexpr std::string_view kTime = "HH24:MI:SS.FF6";
constexpr std::string_view kTimestamp = "YYYY-MM-DD HH24:MI:SS.FF6";

using Print = std::function<void()>;

// The wall clock in UTC.
void write_clock(Writer& writer, const ir::Type& type, const Print& print) {
  if (type.kind != K::timestamptz) return print();
  writer.text("convert_timezone('UTC', ");
  print();
  writer.text(")");
}

void write_clock(Writer& writer, const CallSite& site, std::size_t index) {
  write_clock(writer, site.argument(index).type, [&] { writer.argument(site, index); });
}

// From a wall clock in UTC, a timestamp or a date.
void write_instant(Writer& writer, const Print& print) {
  writer.text("to_timestamp_ltz(date_part('epoch_microsecond', ");
  print();
  writer.text("), 6)");
}

void write_as(Writer& writer, const ir::Type& type, const Print& print) {
  writer.text("cast(");
  print();
  writer.text(" as ").type(type).text(")");
}

struct PartName {
  F function;
  std::string_view name;
};

constexpr std::array kParts{
    PartName{F::extract_year, "year"},
    PartName{F::extract_quarter, "quarter"},
    PartName{F::extract_month, "month"},
    PartName{F::extract_week, "weekiso"},
    PartName{F::extract_day, "day"},
    PartName{F::extract_day_of_week, "dayofweekiso"},
    PartName{F::extract_iso_day_of_week, "dayofweekiso"},
    PartName{F::extract_day_of_year, "dayofyear"},
    PartName{F::extract_hour, "hour"},
    PartName{F::extract_minute, "minute"},
    PartName{F::extract_iso_year, "yearofweekiso"},
};

std::string_view part_name(F function) {
  for (const PartName& part : kParts) {
    if (part.function == function) return part.name;
  }
  return "year";
}

void write_text_of(Writer& writer, std::string_view format, const Print& print) {
  writer.text("to_varchar(");
  print();
  writer.text(", ").string(format).text(")");
}

// PostgreSQL shows no zeros at the end of a fraction.
void write_text_of_moment(Writer& writer, std::string_view format, const Print& print) {
  writer.text("rtrim(rtrim(");
  write_text_of(writer, format, print);
  writer.text(", '0'), '.')");
}

}  // namespace

// date_from_parts() takes the 13th month for January.
void write_make_date(Writer& writer, const CallSite& site) {
  writer.text("to_date(to_varchar(").argument(site, 0).text(", 'FM0000') || '-' || to_varchar(").argument(site, 1);
  writer.text(", 'FM00') || '-' || to_varchar(").argument(site, 2).text(", 'FM00'), 'YYYY-MM-DD')");
}

void write_date_trunc(Writer& writer, const CallSite& site) {
  const std::string_view unit = trunc_unit(writer, site);
  const bool zoned = site.argument(1).type.kind == K::timestamptz;
  const auto clock = [&] { write_clock(writer, site, 1); };
  const auto cut = [&] {
    if (unit == "week") {
      writer.text("dateadd('day', 1 - dayofweekiso(");
      clock();
      writer.text("), ");
    }
    writer.text("date_trunc('").text(unit == "week" ? "day" : unit).text("', ");
    clock();
    writer.text(unit == "week" ? "))" : ")");
  };
  if (!zoned) return cut();
  write_as(writer, ir::Type::of(K::timestamptz), cut);
}

void write_part(Writer& writer, const CallSite& site) {
  const bool from_sunday = site.function == F::extract_day_of_week;
  writer.text(from_sunday ? "mod(" : "").text("date_part('").text(part_name(site.function)).text("', ");
  write_clock(writer, site, 0);
  writer.text(from_sunday ? "), 7)" : ")");
}

void write_second(Writer& writer, const CallSite& site) {
  write_as(writer, site.type, [&] {
    writer.text("date_part('second', ");
    write_clock(writer, site, 0);
    writer.text(") + date_part('nanosecond', ");
    write_clock(writer, site, 0);
    writer.text(") / 1000000000");
  });
}

void write_epoch(Writer& writer, const CallSite& site) {
  write_as(writer, site.type, [&] { writer.text("date_part('epoch_microsecond', ").argument(site, 0).text(") * 0.000001"); });
}

void write_difference(Writer& writer, const CallSite& site) {
  write_as(writer, site.type,
           [&] { writer.text("datediff('microsecond', ").argument(site, 1).text(", ").argument(site, 0).text(") * 0.000001"); });
}

void write_add_interval(Writer& writer, const CallSite& site) {
  const auto added = added_interval(writer, site);
  if (!added) return;
  const ir::IntervalValue& interval = added->interval;
  const auto open = [&](std::int64_t part, std::string_view unit) {
    if (part == 0) return;
    writer.text("dateadd('").text(unit).text("', ");
    write_amount(writer, site, part, *added);
    writer.text(", ");
  };
  constexpr std::int64_t kSecond = 1000000;
  const bool whole = interval.microseconds % kSecond == 0;
  const auto sum = [&] {
    open(whole ? interval.microseconds / kSecond : interval.microseconds, whole ? "second" : "microsecond");
    open(interval.days, "day");
    open(interval.months, "month");
    write_clock(writer, site, 0);
    for (const std::int64_t part : {std::int64_t{interval.months}, std::int64_t{interval.days}, interval.microseconds}) {
      if (part != 0) writer.text(")");
    }
  };
  if (site.argument(0).type.kind != K::timestamptz) return sum();
  write_as(writer, site.type, sum);
}

void write_at_time_zone(Writer& writer, const CallSite& site) {
  if (site.argument(0).type.kind == K::timestamptz) {
    return write_as(writer, site.type, [&] { writer.text("convert_timezone(").argument(site, 1).text(", ").argument(site, 0).text(")"); });
  }
  const std::string* zone = Writer::text_of(site.argument(1));
  write_instant(writer, [&] {
    if (zone != nullptr && *zone == "UTC") {
      writer.argument(site, 0);
      return;
    }
    writer.text("convert_timezone(").argument(site, 1).text(", 'UTC', ").argument(site, 0).text(")");
  });
}

void write_format(Writer& writer, const CallSite& site) {
  std::string format;
  const auto token = [&](std::string_view name) { format += name == "US" ? "FF6" : name; };
  if (!read_format(writer, site, token, [&](char sign) { format += sign; })) return;
  write_text_of(writer, format, [&] { write_clock(writer, site, 0); });
}

void write_moment(Writer& writer, const std::string& text, const ir::Type& type) {
  const bool fraction = text.find('.') != std::string::npos;
  const auto shaped = [&](std::string_view format) {
    return std::string(fraction || format == kDate ? format : format.substr(0, format.size() - std::string_view(".FF6").size()));
  };
  switch (type.kind) {
    case K::date:
      writer.text("to_date(").string(text).text(", ").string(kDate);
      break;
    case K::time:
      writer.text("to_time(").string(text).text(", ").string(shaped(kTime));
      break;
    case K::timestamptz:
      writer.text("to_timestamp_ltz(").string(text + " +00:00").text(", ").string(shaped(kTimestamp) + " TZH:TZM");
      break;
    default:
      writer.text("to_timestamp_ntz(").string(text).text(", ").string(shaped(kTimestamp));
      break;
  }
  writer.text(")");
}

bool write_cast_of_moment(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env) {
  const ir::Type& from = operand.type;
  const auto print = [&] { writer.expression(operand, env, Level::any, Writer::Form::value, false); };
  if (from.kind == K::date && to.is_text()) {
    write_text_of(writer, kDate, print);
  } else if (from.kind == K::time && to.is_text()) {
    write_text_of_moment(writer, kTime, print);
  } else if (from.kind == K::timestamp && to.is_text()) {
    write_text_of_moment(writer, kTimestamp, print);
  } else if (from.kind == K::timestamptz && to.is_text()) {
    writer.refuse("the text of a timestamptz names a time zone", "write cast(x at time zone 'UTC' as text)");
  } else if (from.kind == K::timestamptz && (to.kind == K::date || to.kind == K::timestamp || to.kind == K::time)) {
    write_as(writer, to, [&] { write_clock(writer, from, print); });
  } else if (from.kind == K::timestamp && to.kind == K::timestamptz) {
    write_instant(writer, print);
  } else if (from.kind == K::date && to.kind == K::timestamptz) {
    write_instant(writer, [&] { write_as(writer, ir::Type::of(K::timestamp), print); });
  } else {
    return false;
  }
  return true;
}

}  // namespace penstock::dialects::snowflake
