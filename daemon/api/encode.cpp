#include "daemon/api/encode.h"

#include <date/date.h>

#include <algorithm>
#include <sstream>

namespace penstock::api {

std::string rfc3339(store::Time time) { return date::format("%FT%TZ", std::chrono::floor<std::chrono::milliseconds>(time)); }

std::optional<WrittenTime> parse_written_time(std::string_view text) {
  constexpr std::size_t kBetween = 10;  // The length of a date.
  std::string given(text);
  if (given.size() > kBetween && given[kBetween] == ' ') given[kBetween] = 'T';
  for (const char* format : {"%FT%TZ", "%FT%T%Ez", "%FT%T", "%FT%H:%MZ", "%FT%H:%M%Ez", "%FT%H:%M", "%F", "%Y-%m"}) {
    const std::string_view shape = format;
    std::istringstream stream{given};
    store::Time time;
    if (shape == "%Y-%m") {
      date::year_month month;
      stream >> date::parse(format, month);
      if (!stream.fail()) time = date::sys_days(month / 1);
    } else {
      stream >> date::parse(format, time);
    }
    const bool has_offset = shape.ends_with('Z') || shape.ends_with("%Ez");
    if (!stream.fail() && (stream.peek(), stream.eof())) return WrittenTime{time, has_offset};
  }
  return std::nullopt;
}

std::optional<store::Time> parse_time(std::string_view text) {
  const std::optional<WrittenTime> written = parse_written_time(text);
  return written ? std::optional(written->time) : std::nullopt;
}

Json time_or_null(const std::optional<store::Time>& time) { return time ? Json(rfc3339(*time)) : Json(nullptr); }

Json text_or_null(std::string_view text) { return text.empty() ? Json(nullptr) : Json(std::string(text)); }

Json count_or_null(const std::optional<std::int64_t>& count) { return count ? Json(*count) : Json(nullptr); }

Json elapsed_ms(const std::optional<store::Time>& from, const std::optional<store::Time>& to) {
  if (!from || !to) return nullptr;
  return std::chrono::duration_cast<std::chrono::milliseconds>(*to - *from).count();
}

Json reason_json(const std::optional<store::Reason>& reason) {
  if (!reason) return nullptr;
  return Json{{"code", reason->code}, {"message", reason->message}};
}

Json interval_json(const store::Interval& interval, const run::Zone& zone) {
  const auto local = [&](store::Time moment) {
    std::string text = ir::to_string(zone.wall_clock(moment));
    std::replace(text.begin(), text.end(), ' ', 'T');
    return text;
  };
  return Json{{"start", rfc3339(interval.start)},
              {"end", rfc3339(interval.end)},
              {"local_start", local(interval.start)},
              {"local_end", local(interval.end)}};
}

Json counts_json(const store::StepCounts& counts) {
  return Json{{"total", counts.total},         {"pending", counts.pending},     {"queued", counts.queued},
              {"running", counts.running},     {"succeeded", counts.succeeded}, {"failed", counts.failed},
              {"cancelled", counts.cancelled}, {"skipped", counts.skipped},     {"unknown", counts.unknown}};
}

Json counts_json(const store::CheckCounts& counts) {
  return Json{{"passed", counts.passed}, {"failed", counts.failed}, {"warned", counts.warned}};
}

namespace {

/// Lines and columns count from 1; columns in characters.
Json statement_position(std::string_view sql, long offset) {
  if (offset < 0 || static_cast<std::size_t>(offset) > sql.size() || sql.empty()) return nullptr;
  long line = 1;
  long column = 1;
  for (const char c : sql.substr(0, static_cast<std::size_t>(offset))) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column;
    }
  }
  return Json{{"line", line}, {"column", column}};
}

}  // namespace

Json error_json(const std::optional<store::Fault>& fault, std::string_view sql) {
  if (!fault) return nullptr;
  return Json{{"kind", fault->kind},
              {"code", text_or_null(fault->code)},
              {"message", fault->message},
              {"hint", text_or_null(fault->hint)},
              {"sqlstate", text_or_null(fault->sqlstate)},
              {"vendor_code", text_or_null(fault->vendor_code)},
              {"position", statement_position(sql, fault->statement_offset)},
              {"step", text_or_null(fault->step)},
              {"retryable", fault->retryable}};
}

Json warnings_json(const std::vector<run::Warning>& warnings) {
  Json list = Json::array();
  for (const run::Warning& each : warnings)
    list.push_back({{"step", each.step}, {"message", each.message}, {"hint", text_or_null(each.hint)}});
  return list;
}

Json position_json(const Span& where, const SourceMap& sources) {
  if (!where || where.file >= sources.size()) return nullptr;
  return Json{{"file", sources.path(where.file)}, {"line", where.line}, {"column", where.column}};
}

Json diagnostic_json(const Diagnostic& diagnostic, const SourceMap& sources) {
  std::string hint = diagnostic.suggestion;
  if (!diagnostic.help.empty()) hint += (hint.empty() ? "" : "; ") + diagnostic.help;
  return Json{{"code", to_string(diagnostic.code)},
              {"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
              {"message", diagnostic.message},
              {"hint", text_or_null(hint)},
              {"position", position_json(diagnostic.where, sources)}};
}

void add_diagnostics(Json& object, const std::vector<Diagnostic>& diagnostics, const SourceMap& sources) {
  const std::size_t most = RenderOptions().most;
  const auto is_error = [](const Diagnostic& one) { return one.severity == Severity::error; };
  const auto all_errors = static_cast<std::size_t>(std::count_if(diagnostics.begin(), diagnostics.end(), is_error));
  std::size_t errors = std::min(all_errors, most);
  std::size_t warnings = std::min(diagnostics.size() - all_errors, most - errors);
  const std::size_t left_out = diagnostics.size() - errors - warnings;
  Json list = object.value("diagnostics", Json::array());
  for (const Diagnostic& one : diagnostics) {
    std::size_t& room = is_error(one) ? errors : warnings;
    if (room == 0) continue;
    --room;
    list.push_back(diagnostic_json(one, sources));
  }
  object["diagnostics"] = std::move(list);
  object["diagnostics_left_out"] = left_out;
}

Json diagnostic_json(const Error& error, Severity severity) {
  return Json{{"code", name_of(error.kind)},
              {"severity", severity == Severity::error ? "error" : "warning"},
              {"message", error.message},
              {"hint", text_or_null(error.hint)},
              {"position", nullptr}};
}

}  // namespace penstock::api
