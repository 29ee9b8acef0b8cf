#include <nlohmann/json.hpp>

#include "daemon/api/encode.h"
#include "daemon/cli/choice.h"
#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/table.h"
#include "daemon/run/cron.h"
#include "pipelines/base/suggest.h"

namespace penstock::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ScheduleFlags {
  std::string pipeline;
  std::string cron;
  std::string timezone = "UTC";
  std::string from;
  int count = 10;
  std::string dst_gap = "shift";
  std::string dst_overlap = "first";
};

Result<model::Schedule> schedule_of(Invocation& invocation, const ScheduleFlags& flags) {
  if (!flags.cron.empty()) {
    model::Schedule schedule;
    schedule.cron.value = flags.cron;
    schedule.timezone.value = flags.timezone;
    schedule.dst_gap = flags.dst_gap == "skip" ? model::Schedule::Gap::skip : model::Schedule::Gap::shift;
    schedule.dst_overlap = flags.dst_overlap == "second" ? model::Schedule::Overlap::second
                           : flags.dst_overlap == "both" ? model::Schedule::Overlap::both
                                                         : model::Schedule::Overlap::first;
    return schedule;
  }
  const Result<run::ProjectPtr> project = load_here(invocation);
  if (!project && !flags.pipeline.empty()) return tl::unexpected(project.error());
  std::vector<std::string> names;
  std::vector<const model::Pipeline*> scheduled;
  const model::PipelineList none;
  for (const model::Pipeline& pipeline : project ? (*project)->project->pipelines : none) {
    names.push_back(pipeline.name);
    if (pipeline.schedule) scheduled.push_back(&pipeline);
    if (pipeline.name != flags.pipeline) continue;
    if (pipeline.schedule) return *pipeline.schedule;
    return fail(ErrorKind::not_found, "pipeline \"" + flags.pipeline + "\" has no schedule", "add one: schedule: \"15 2 * * *\"");
  }
  if (!flags.pipeline.empty()) {
    return fail(ErrorKind::not_found, "there is no pipeline \"" + flags.pipeline + "\"", did_you_mean(flags.pipeline, names));
  }
  if (scheduled.size() == 1) return *scheduled.front()->schedule;
  std::string all;
  for (const model::Pipeline* pipeline : scheduled) all += (all.empty() ? " of: " : ", ") + pipeline->name;
  return fail(ErrorKind::invalid_input, "which schedule?", "name a pipeline" + all + "; or give --cron \"15 2 * * *\"");
}

/// One that never fires is as wrong here as one that cannot be read.
Result<run::Cron> cron_of(const model::Schedule& schedule) {
  Result<run::Cron> cron = run::Cron::make(schedule);
  if (!cron) cron.error().kind = ErrorKind::invalid_input;
  return cron;
}

std::string wall_text(const run::Cron& cron, run::Time moment) { return ir::to_string(cron.wall_clock(moment)); }

int show_next(Invocation& invocation, const ScheduleFlags& flags) {
  const Result<model::Schedule> schedule = schedule_of(invocation, flags);
  if (!schedule) return report(invocation, schedule.error());
  const Result<run::Cron> cron = cron_of(*schedule);
  if (!cron) return report(invocation, cron.error());
  std::optional<run::Time> from = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  if (!flags.from.empty()) {
    const auto written = api::parse_written_time(flags.from);
    from = !written              ? std::nullopt
           : written->has_offset ? std::optional(written->time)
                                 : std::optional(cron->moment_of({written->time.time_since_epoch().count()}));
  }
  if (!from)
    return report(invocation, Error{ErrorKind::invalid_input,
                                    "\"" + flags.from + "\" is no time",
                                    "write it as 2026-03-01, '2026-03-01 02:15' or 2026-03-01T02:15:00Z",
                                    {},
                                    {},
                                    -1});
  Json list = Json::array();
  Table table;
  for (const char* heading : {"UTC", "LOCAL", "INTERVAL FROM", "INTERVAL TO"}) table.add_column(heading);
  run::Time at = *from - std::chrono::microseconds(1);
  for (int i = 0; i < flags.count; ++i) {
    at = cron->next(at);
    const store::Interval interval = cron->interval_for(at);
    list.push_back({{"utc", api::rfc3339(at)},
                    {"local", wall_text(*cron, at)},
                    {"interval_start", wall_text(*cron, interval.start)},
                    {"interval_end", wall_text(*cron, interval.end)}});
    table.add_row({api::rfc3339(at), wall_text(*cron, at), wall_text(*cron, interval.start), wall_text(*cron, interval.end)});
  }
  if (invocation.format == Format::table) {
    invocation.out << cron->explain() << '\n' << cron->explain_interval() << "\n\n" << table.render(invocation.out_terminal);
  } else {
    print_json(invocation, list);
  }
  return kSuccess;
}

int explain(Invocation& invocation, const ScheduleFlags& flags) {
  const Result<model::Schedule> schedule = schedule_of(invocation, flags);
  if (!schedule) return report(invocation, schedule.error());
  const Result<run::Cron> cron = cron_of(*schedule);
  if (!cron) return report(invocation, cron.error());
  if (invocation.format == Format::table) {
    invocation.out << cron->explain() << '\n' << cron->explain_interval() << '\n';
  } else {
    print_json(invocation, Json{{"cron", schedule->cron.value},
                                {"timezone", schedule->timezone.value},
                                {"words", cron->explain()},
                                {"interval", cron->explain_interval()}});
  }
  return kSuccess;
}

void add_flags(Options& command, ScheduleFlags& flags) {
  const Option pipeline = command.argument("pipeline", flags.pipeline, "The pipeline; may be left out where only one has a schedule");
  const Option cron =
      command.option("--cron", flags.cron, "A cron instead of a pipeline: \"15 2 * * *\"").type_name("CRON").excludes(pipeline);
  command.option("--timezone", flags.timezone, "Time zone of --cron, such as America/New_York").type_name("ZONE").needs(cron);
  command.option("--dst-gap", flags.dst_gap, "A start that the clock leaps over: shift or skip it")
      .check(one_of({"shift", "skip"}))
      .type_name("RULE")
      .needs(cron);
  command.option("--dst-overlap", flags.dst_overlap, "A start that the clock shows twice: take the first, the second or both")
      .check(one_of({"first", "second", "both"}))
      .type_name("RULE")
      .needs(cron);
}

}  // namespace

void add_schedule(Options& command) {
  constexpr int kMostTimes = 1000;
  auto flags = std::make_shared<ScheduleFlags>();
  Options next = command.command("next", "List the next starts with the interval that each covers");
  add_flags(next, *flags);
  next.option("--from", flags->from, "Begin at this time instead of now").type_name("TIME");
  next.option("-n,--count", flags->count, "How many, at most 1000").check(between(1, kMostTimes)).type_name("N");
  next.runs([flags](Invocation& invocation) { return show_next(invocation, *flags); });
  Options words = command.command("explain", "Say in words when it starts");
  add_flags(words, *flags);
  words.runs([flags](Invocation& invocation) { return explain(invocation, *flags); });
}

}  // namespace penstock::cli
