#include "pipelines/dialects/databricks_calls.h"
#include "pipelines/dialects/target.h"

// TIMESTAMP is an instant that is shown in the session's time zone, which must be UTC; TIMESTAMP_NTZ is a wall clock.

namespace penstock::dialects::databricks {
namespace {

using K = ir::TypeKind;

bool is_zoned(const ir::Expression& expression) { return expression.type.kind == K::timestamptz; }

// Seconds with six digits of so many microseconds.
void write_seconds(Writer& writer, const ir::Type& type, const std::function<void()>& print_microseconds) {
  writer.text("cast((");
  print_microseconds();
  writer.text(") * 0.000001 as ").type(type).text(")");
}

void write_microseconds(Writer& writer, const CallSite& site, std::size_t index) {
  const bool zoned = is_zoned(site.argument(index));
  writer.text("unix_micros(").text(zoned ? "" : "cast(").argument(site, index).text(zoned ? ")" : " as timestamp))");
}

void write_part_of_day(Writer& writer, const CallSite& site, std::string_view part) {
  if (site.argument(0).type.kind == K::time) {
    writer.refuse("there is no type for a time of day", "take the " + std::string(part) + " of the timestamp");
    return;
  }
  writer.text("extract(").text(part).text(" from ").argument(site, 0).text(")");
}

}  // namespace

// date_trunc() makes an instant of everything. trunc() knows weeks and longer units of days.
void write_date_trunc(Writer& writer, const CallSite& site) {
  const std::string_view unit = trunc_unit(writer, site);
  const bool days = unit == "week" || unit == "month" || unit == "quarter" || unit == "year";
  if (days && site.type.kind == K::timestamp) {
    writer.text("cast(trunc(").argument(site, 1).text(", ").string(unit).text(") as timestamp_ntz)");
    return;
  }
  const bool cast = !site.type.is_unknown() && (!is_zoned(site.argument(1)) || site.type.kind != K::timestamptz);
  if (cast) writer.text("cast(");
  writer.text("date_trunc(").string(unit).text(", ").argument(site, 1).text(")");
  if (cast) writer.text(" as ").type(site.type).text(")");
}

void write_hour(Writer& writer, const CallSite& site) { write_part_of_day(writer, site, "hour"); }
void write_minute(Writer& writer, const CallSite& site) { write_part_of_day(writer, site, "minute"); }
void write_second(Writer& writer, const CallSite& site) { write_part_of_day(writer, site, "second"); }

void write_epoch(Writer& writer, const CallSite& site) {
  write_seconds(writer, site.type, [&] { write_microseconds(writer, site, 0); });
}

void write_difference(Writer& writer, const CallSite& site) {
  write_seconds(writer, site.type, [&] {
    write_microseconds(writer, site, 0);
    writer.text(" - ");
    write_microseconds(writer, site, 1);
  });
}

void write_add_interval(Writer& writer, const CallSite& site) {
  const auto added = added_interval(writer, site);
  if (!added) return;
  const ir::IntervalValue& interval = added->interval;
  const bool casts = site.argument(0).type.kind == K::date;
  if (casts) {
    writer.text("cast(").argument(site, 0).text(" as ").type(site.type).text(")");
  } else {
    writer.argument(site, 0, Level::sum);
  }
  const auto add = [&](std::string_view amount, std::string_view unit) {
    writer.text(" + interval ").string(amount).text(" ").text(unit);
    if (added->times != nullptr) writer.text(" * ").expression(*added->times, site.env, Level::sign);
  };
  if (interval.months != 0) add(std::to_string(interval.months), "month");
  if (interval.days != 0) add(std::to_string(interval.days), "day");
  if (interval.microseconds == 0) return;
  const std::int64_t size = interval.microseconds < 0 ? -interval.microseconds : interval.microseconds;
  std::string amount = (interval.microseconds < 0 ? "-" : "") + std::to_string(size / 1000000);
  if (size % 1000000 != 0) amount += "." + std::to_string(1000000 + size % 1000000).substr(1);
  add(amount, "second");
}

void write_at_time_zone(Writer& writer, const CallSite& site) {
  if (is_zoned(site.argument(0))) {
    writer.text("convert_timezone('UTC', ").argument(site, 1).text(", cast(").argument(site, 0).text(" as timestamp_ntz))");
    return;
  }
  const std::string* zone = Writer::text_of(site.argument(1));
  if (zone != nullptr && *zone == "UTC") {
    writer.text("cast(").argument(site, 0).text(" as timestamp)");
    return;
  }
  const auto in_utc = [&] { writer.text("convert_timezone(").argument(site, 1).text(", 'UTC', ").argument(site, 0).text(")"); };
  // Of an hour that comes twice PostgreSQL takes the second, and Spark the first.
  writer.text("cast(case when convert_timezone('UTC', ").argument(site, 1).text(", ");
  in_utc();
  writer.text(" + interval '1' hour) = ").argument(site, 0, Level::concatenation).text(" then ");
  in_utc();
  writer.text(" + interval '1' hour else ");
  in_utc();
  writer.text(" end as timestamp)");
}

void write_format(Writer& writer, const CallSite& site) {
  std::string format;
  const auto token = [&](std::string_view name) {
    format += name == "YYYY"   ? "yyyy"
              : name == "MM"   ? "MM"
              : name == "DD"   ? "dd"
              : name == "HH24" ? "HH"
              : name == "MI"   ? "mm"
              : name == "SS"   ? "ss"
                               : "SSSSSS";
  };
  if (!read_format(writer, site, token, [&](char sign) { format += sign; })) return;
  writer.text("date_format(").argument(site, 0).text(", ").string(format).text(")");
}

}  // namespace penstock::dialects::databricks
