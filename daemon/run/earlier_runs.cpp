#include "daemon/run/earlier_runs.h"

#include <algorithm>

#include "daemon/run/spec.h"
#include "daemon/run/zone.h"
#include "pipelines/model/language.h"

namespace penstock::run {
namespace {

using Mode = model::Publish::Mode;

std::string shown(const store::Interval& interval, const Zone& zone) {
  return ir::to_string(zone.wall_clock(interval.start)) + " to " + ir::to_string(zone.wall_clock(interval.end));
}

std::string beginning(const model::Step& step) {
  return "the step \"" + step.name + "\" publishes as " + std::string(model::word_of(step.publish.mode)) + ", and ";
}

/// How many of the spans, which lie in order and apart, an interval has been published in.
std::size_t count_published(const std::vector<store::Interval>& spans, const std::vector<store::Snapshot::PublishedInterval>& published) {
  return static_cast<std::size_t>(std::count_if(spans.begin(), spans.end(), [&](const store::Interval& span) {
    return std::any_of(published.begin(), published.end(),
                       [&](const auto& each) { return each.interval.start < span.end && each.interval.end > span.start; });
  }));
}

Warning rows_twice(const model::Step& step, const std::vector<store::Interval>& spans,
                   const std::vector<store::Snapshot::PublishedInterval>& published, const Zone& zone) {
  const std::string run = "run " + published.back().run_id;
  const std::string what = spans.size() == 1
                               ? run + " has published the interval " + shown(published.back().interval, zone) + " before"
                               : std::to_string(count_published(spans, published)) + " of the " + std::to_string(spans.size()) +
                                     " intervals have been published before (the last of them by " + run + ")";
  return {step.name, beginning(step) + what + ": their rows will be there twice",
          "publish it as { as: delete_insert, interval: COLUMN }, which replaces the rows of an interval, or name the other steps only"};
}

Warning set_back(const model::Step& step, const store::Snapshot::PublishedInterval& later, const Zone& zone) {
  std::string hint = "run the later intervals again after it";
  if (step.publish.mode == Mode::merge) hint += ", or publish it with `newest_by: COLUMN`, which keeps the newest row of each key";
  if (step.publish.mode == Mode::delete_insert) hint += ", or publish it by `interval: COLUMN` instead of by key";
  const std::string rows = step.publish.mode == Mode::table ? "the table" : "keys that are in both";
  return {step.name,
          beginning(step) + "run " + later.run_id + " has published a later interval (" + shown(later.interval, zone) + "): " + rows +
              " will go back to what this older one says",
          std::move(hint)};
}

}  // namespace

bool reads_interval(const compiler::CompiledProject& project, const model::Pipeline& pipeline, const model::Step& step) {
  const compiler::CompiledStep* compiled = project.find(pipeline.name + "." + step.name);
  const auto is_bound = [](const std::string& name) { return name == "interval_start" || name == "interval_end"; };
  return compiled != nullptr && std::any_of(compiled->parameters.begin(), compiled->parameters.end(), is_bound);
}

Result<std::vector<Warning>> warnings_of(const compiler::CompiledProject& project, const model::Pipeline& pipeline,
                                         const std::vector<std::string>& steps, std::vector<store::Interval> spans,
                                         store::Snapshot& snapshot) {
  std::vector<Warning> warnings;
  if (spans.empty()) return warnings;
  std::sort(spans.begin(), spans.end(), [](const auto& left, const auto& right) { return left.start < right.start; });
  const Zone zone = Zone::of(pipeline);
  for (const model::Step& step : pipeline.steps) {
    if (!steps.empty() && std::find(steps.begin(), steps.end(), step.name) == steps.end()) continue;
    if (!reads_interval(project, pipeline, step)) continue;
    if (step.publish.mode == Mode::append) {
      const auto published =
          snapshot.published_intervals(project.environment, pipeline.name, step.name, {spans.front().start, spans.back().end});
      if (!published) return tl::unexpected(published.error());
      if (!published->empty() && count_published(spans, *published) > 0) warnings.push_back(rows_twice(step, spans, *published, zone));
    } else if (writing_of(step.publish) == Writing::in_order && step.publish.mode != Mode::scd2) {
      // A history finds the place of every row, whenever it comes.
      const auto last = snapshot.last_published_interval(project.environment, pipeline.name, step.name);
      if (!last) return tl::unexpected(last.error());
      if (*last && (*last)->interval.start > spans.back().start) warnings.push_back(set_back(step, **last, zone));
    }
  }
  return warnings;
}

}  // namespace penstock::run
