#include <array>

#include "pipelines/dialects/synapse_calls.h"
#include "pipelines/dialects/target.h"

namespace penstock::dialects::synapse {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

// The wall clock in UTC.
Writer& write_clock(Writer& writer, const CallSite& site, std::size_t index = 0) {
  if (site.argument(index).type.kind != K::timestamptz) return writer.argument(site, index);
  return writer.text("switchoffset(").argument(site, index).text(", '+00:00')");
}

}  // namespace

void write_date_trunc(Writer& writer, const CallSite& site) {
  const std::string_view unit = trunc_unit(writer, site);
  if (site.argument(1).type.kind == K::timestamptz) {
    writer.refuse("date_trunc takes no timestamptz", "write date_trunc('day', x at time zone 'UTC')");
    return;
  }
  const auto value = [&]() -> Writer& { return writer.argument(site, 1); };
  if (unit == "second") {
    writer.text("dateadd(microsecond, -datepart(microsecond, ");
    value().text("), ");
    value().text(")");
  } else if (unit == "minute" || unit == "hour") {
    writer.text("dateadd(").text(unit).text(", datediff(").text(unit).text(", '19000101', ");
    value().text("), cast('19000101' as datetime2(6)))");
  } else if (unit == "week") {
    // 1900-01-01 was a Monday; DATEFIRST has no say here.
    writer.text("dateadd(day, -((datediff(day, '19000101', ");
    value().text(") % 7 + 7) % 7), cast(cast(");
    value().text(" as date) as datetime2(6)))");
  } else if (unit == "day") {
    writer.text("cast(cast(");
    value().text(" as date) as datetime2(6))");
  } else {
    writer.text("cast(datefromparts(year(");
    value().text("), ");
    if (unit == "year") {
      writer.text("1");
    } else if (unit == "month") {
      writer.text("month(");
      value().text(")");
    } else {
      writer.text("(datepart(quarter, ");
      value().text(") - 1) * 3 + 1");
    }
    writer.text(", 1) as datetime2(6))");
  }
}

void write_part(Writer& writer, const CallSite& site) {
  std::string_view part;
  switch (site.function) {
    case F::extract_year:
      part = "year";
      break;
    case F::extract_quarter:
      part = "quarter";
      break;
    case F::extract_month:
      part = "month";
      break;
    case F::extract_week:
      part = "iso_week";
      break;
    case F::extract_day:
      part = "day";
      break;
    case F::extract_day_of_year:
      part = "dayofyear";
      break;
    case F::extract_hour:
      part = "hour";
      break;
    default:
      part = "minute";
  }
  writer.text("datepart(").text(part).text(", ");
  write_clock(writer, site).text(")");
}

void write_day_of_week(Writer& writer, const CallSite& site) {
  const bool iso = site.function == F::extract_iso_day_of_week;
  writer.text(iso ? "(datediff(day, '19000101', " : "((datediff(day, '19000101', ");
  write_clock(writer, site).text(iso ? ") % 7 + 7) % 7 + 1" : ") + 1) % 7 + 7) % 7");
}

void write_second(Writer& writer, const CallSite& site) {
  writer.text("cast(datepart(second, ");
  write_clock(writer, site).text(") + datepart(microsecond, ");
  write_clock(writer, site).text(") * 0.000001 as ").type(site.type).text(")");
}

void write_epoch(Writer& writer, const CallSite& site) {
  writer.text("cast(datediff_big(microsecond, cast('19700101' as datetime2(6)), ");
  write_clock(writer, site).text(") * 0.000001 as ").type(site.type).text(")");
}

void write_iso_year(Writer& writer, const CallSite& site) {
  writer.text("year(dateadd(day, 26 - datepart(iso_week, ");
  write_clock(writer, site).text("), ");
  write_clock(writer, site).text("))");
}

void write_add_interval(Writer& writer, const CallSite& site) {
  const auto added = added_interval(writer, site);
  if (!added) return;
  struct Part {
    std::string_view unit;
    std::int64_t size;
  };
  // The innermost is added first: months, then days, as PostgreSQL does.
  const std::array<Part, 4> parts{{{"microsecond", added->interval.microseconds % 1000000},
                                   {"second", added->interval.microseconds / 1000000},
                                   {"day", added->interval.days},
                                   {"month", added->interval.months}}};
  for (const Part& part : parts) {
    if (part.size == 0) continue;
    writer.text("dateadd(").text(part.unit).text(", ");
    write_amount(writer, site, part.size, *added);
    writer.text(", ");
  }
  writer.argument(site, 0);
  for (const Part& part : parts) {
    if (part.size != 0) writer.text(")");
  }
}

void write_at_time_zone(Writer& writer, const CallSite& site) {
  const std::string* zone = Writer::text_of(site.argument(1));
  if (zone == nullptr || *zone != "UTC") {
    writer.refuse("time zones have Windows' names here", "keep moments in UTC: x at time zone 'UTC'");
    return;
  }
  if (site.argument(0).type.kind == K::timestamptz) {
    writer.text("cast(switchoffset(").argument(site, 0).text(", '+00:00') as datetime2(6))");
  } else {
    writer.text("todatetimeoffset(").argument(site, 0).text(", '+00:00')");
  }
}

void write_format(Writer& writer, const CallSite& site) {
  write_format_by_places(writer, site, "substring(", " + ", [&] {
    writer.text("convert(nvarchar(26), cast(");
    write_clock(writer, site).text(" as datetime2(6)), 121)");
  });
}

}  // namespace penstock::dialects::synapse
