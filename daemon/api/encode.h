#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/run/engine.h"
#include "daemon/run/zone.h"
#include "daemon/store/reader.h"
#include "pipelines/base/diagnostic.h"
#include "pipelines/model/project.h"

namespace penstock::api {

/// Keeps keys in the order in which they are set, which is that of schemas/openapi.json.
using Json = nlohmann::ordered_json;

/// "2001-02-03T04:05:06.789Z".
std::string rfc3339(store::Time time);
/// A time as people write it.
struct WrittenTime {
  store::Time time;  ///< In UTC where there was an offset, else on a wall clock.
  bool has_offset = false;
};
/// Understands a month, a date, or a date and a time, with Z, an offset or neither; empty for anything else.
std::optional<WrittenTime> parse_written_time(std::string_view text);
/// Without an offset it is meant in UTC.
std::optional<store::Time> parse_time(std::string_view text);

Json time_or_null(const std::optional<store::Time>& time);
Json text_or_null(std::string_view text);
Json count_or_null(const std::optional<std::int64_t>& count);
/// Milliseconds from one moment to another; null unless both are there.
Json elapsed_ms(const std::optional<store::Time>& from, const std::optional<store::Time>& to);

/// The shapes of schemas/openapi.json, one function per shape.
Json reason_json(const std::optional<store::Reason>& reason);
/// With the bounds as the zone's wall clock shows them, too.
Json interval_json(const store::Interval& interval, const run::Zone& zone);
Json counts_json(const store::StepCounts& counts);
Json counts_json(const store::CheckCounts& counts);
/// `sql` is the text that the statement offset points into; empty where it is not known.
Json error_json(const std::optional<store::Fault>& fault, std::string_view sql = {});
Json run_json(const store::Run& run, const run::Zone& zone, bool may_act);
Json run_mark_json(const store::Run& run);  /// The rows of a step that readers see: a step that did not succeed has staged some at most.
Json published_rows(store::StepState state, const std::optional<std::int64_t>& rows);
/// `step` is the step as the project has it now, for what a run does not keep; null where it is gone.
Json step_json(const store::StepRun& step_run, const model::Step* step);
Json backfill_json(const store::Backfill& backfill, bool may_act);
Json publish_json(const store::StepRun& step_run, const model::Step* step);
Json publish_json(const model::Publish& publish);
Json diagnostic_json(const Diagnostic& diagnostic, const SourceMap& sources);
/// An error that has no place in a file.
Json diagnostic_json(const Error& error, Severity severity);
/// Adds them to `diagnostics` of the object, as many as a terminal gets, errors before warnings where not all are; and the number of those
/// that are left out as `diagnostics_left_out`.
void add_diagnostics(Json& object, const std::vector<Diagnostic>& diagnostics, const SourceMap& sources);
Json warnings_json(const std::vector<run::Warning>& warnings);
Json position_json(const Span& where, const SourceMap& sources);

std::string_view kind_of(const model::Step& step);

/// The attempts of one step, newest first, each with its phases, units and checks. `text_of` gives a statement's text by its hash.
Json attempts_json(const store::StepRun& step_run, const store::Attempts& attempts, store::Snapshot& snapshot);
Json unit_json(const store::UnitRun& unit, int ordinal, const std::optional<std::string>& sql);
Json check_json(const store::CheckRun& check);

}  // namespace penstock::api
