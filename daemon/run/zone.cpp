#include "daemon/run/zone.h"

#include <date/tz.h>

#include <chrono>
#include <stdexcept>

#include "pipelines/base/suggest.h"

namespace penstock::run {

Result<Zone> Zone::find(const std::string& name) {
  try {
    return Zone(date::locate_zone(name));
  } catch (const std::runtime_error&) {
    std::vector<std::string> names;
    try {
      for (const date::time_zone& zone : date::get_tzdb().zones) names.push_back(zone.name());
    } catch (const std::runtime_error&) {
      return fail(ErrorKind::invalid_input, "this machine has no time zone data", "install the package tzdata");
    }
    std::string hint = did_you_mean(name, names);
    if (hint.empty()) hint = "a name of the tz database, such as Europe/Berlin or UTC";
    return fail(ErrorKind::invalid_input, "there is no time zone \"" + name + "\"", hint);
  }
}

Zone Zone::of(const model::Pipeline& pipeline) {
  return pipeline.schedule ? find(pipeline.schedule->timezone.value).value_or(Zone()) : Zone();
}

ir::TimestampValue Zone::wall_clock(store::Time moment) const {
  if (data_ == nullptr) return {moment.time_since_epoch().count()};
  const auto offset = data_->get_info(std::chrono::floor<std::chrono::seconds>(moment)).offset;
  return {(moment.time_since_epoch() + offset).count()};
}

store::Time Zone::moment_of(ir::TimestampValue wall) const {
  const date::local_time<std::chrono::microseconds> local{std::chrono::microseconds(wall.microseconds)};
  if (data_ == nullptr) return store::Time(local.time_since_epoch());
  const date::local_info info = data_->get_info(std::chrono::floor<std::chrono::seconds>(local));
  if (info.result == date::local_info::nonexistent) return store::Time(info.first.end.time_since_epoch());
  return store::Time(local.time_since_epoch() - info.first.offset);
}

}  // namespace penstock::run
