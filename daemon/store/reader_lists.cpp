#include <algorithm>
#include <charconv>
#include <tuple>

#include "daemon/store/encoding.h"
#include "daemon/store/lease.h"
#include "daemon/store/reader.h"
#include "daemon/store/rows.h"

namespace penstock::store {
namespace {

constexpr int kLargestPage = 1000;

/// Where a page begins: "number.text".
struct Position {
  std::int64_t number = 0;
  std::string text;
};

Result<std::optional<Position>> parse_cursor(const std::string& cursor) {
  if (cursor.empty()) return std::nullopt;
  Position position;
  const char* end = cursor.data() + cursor.size();
  const auto [rest, error] = std::from_chars(cursor.data(), end, position.number);
  if (error != std::errc() || rest == end || *rest != '.' || rest + 1 == end) {
    return fail(ErrorKind::invalid_input, "the cursor is not one that this list gave", "begin with the first page");
  }
  position.text.assign(rest + 1, end);
  return position;
}

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }

/// Cuts a list that was read one longer than the page.
template <typename T, typename F>
Page<T> cut(std::vector<T> items, int limit, F cursor_of) {
  Page<T> page;
  const auto size = static_cast<std::size_t>(limit);
  const bool more = items.size() > size;
  if (more) items.erase(items.begin() + static_cast<std::ptrdiff_t>(size), items.end());
  page.items = std::move(items);
  if (more && !page.items.empty()) page.next_cursor = cursor_of(page.items.back());
  return page;
}

std::vector<Run> read_runs(Connection& connection, const RunFilter& filter, std::optional<RunState> state,
                           std::optional<TriggerKind> trigger, const std::optional<Position>& after, int limit) {
  std::string sql = std::string("SELECT ") + kRunColumns + " FROM run WHERE true";
  if (!filter.pipeline.empty()) sql += " AND pipeline = ?";
  if (state) sql += " AND state = ?";
  if (trigger) sql += " AND trigger_kind = ?";
  if (!filter.backfill_id.empty()) sql += " AND backfill_id = ? AND backfill_id <> ''";
  if (filter.since) sql += " AND created >= ?";
  if (filter.until) sql += " AND created < ?";
  if (after) sql += " AND (created, id) < (?, ?)";
  sql += " ORDER BY created DESC, id DESC LIMIT ?";
  Query query(connection.prepare(sql));
  if (!filter.pipeline.empty()) query.in(filter.pipeline);
  if (state) query.in(name_of(*state));
  if (trigger) query.in(name_of(*trigger));
  if (!filter.backfill_id.empty()) query.in(filter.backfill_id);
  if (filter.since) query.in(*filter.since);
  if (filter.until) query.in(*filter.until);
  if (after) query.in(after->number).in(after->text);
  query.in(limit);
  std::vector<Run> runs;
  while (query.next()) runs.push_back(read_run(query));
  return runs;
}

/// The values to ask for one after another: each has its own index range, which one query with IN would not use for the order.
template <typename T>
std::vector<std::optional<T>> each_or_any(const std::vector<T>& values) {
  if (values.empty()) return {std::nullopt};
  std::vector<std::optional<T>> all(values.begin(), values.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

struct NumberedStep {
  std::int64_t run = 0;
  StepRun step;
};

std::int64_t first_run_since(Connection& connection, Time since) {
  Query query(connection.prepare("SELECT number FROM run WHERE created >= ? ORDER BY created LIMIT 1"));
  return query.in(since).next() ? query.integer() : INT64_MAX;
}

std::vector<NumberedStep> read_steps(Connection& connection, const StepFilter& filter, std::optional<StepState> state,
                                     const std::optional<Position>& after, int limit) {
  std::string sql = "SELECT s.run, (SELECT id FROM run WHERE number = s.run), " + qualified(kStepColumns, "s") + " FROM step s WHERE true";
  if (!filter.pipeline.empty()) sql += " AND s.pipeline = ?";
  if (!filter.step.empty()) sql += " AND s.name = ?";
  if (!filter.connection.empty()) sql += " AND s.connection = ?";
  if (state) sql += " AND s.state = ?";
  if (filter.since) sql += " AND s.run >= ?";
  if (filter.until) sql += " AND s.run < ?";
  if (after) sql += " AND s.run <= ? AND (s.run < ? OR s.ordinal > ?)";
  sql += " ORDER BY s.run DESC, s.ordinal LIMIT ?";
  Query query(connection.prepare(sql));
  if (!filter.pipeline.empty()) query.in(filter.pipeline);
  if (!filter.step.empty()) query.in(filter.step);
  if (!filter.connection.empty()) query.in(filter.connection);
  if (state) query.in(name_of(*state));
  if (filter.since) query.in(first_run_since(connection, *filter.since));
  if (filter.until) query.in(first_run_since(connection, *filter.until));
  if (after) query.in(after->number).in(after->number).in(static_cast<std::int64_t>(std::strtoll(after->text.c_str(), nullptr, 10)));
  query.in(limit);
  std::vector<NumberedStep> steps;
  while (query.next()) {
    NumberedStep& step = steps.emplace_back();
    query.out(step.run);
    step.step = read_step(query);
  }
  return steps;
}

}  // namespace

Result<Page<Run>> Snapshot::runs(const RunFilter& filter, const PageRequest& page) {
  const auto after = parse_cursor(page.cursor);
  if (!after) return tl::unexpected(after.error());
  const int limit = std::clamp(page.limit, 1, kLargestPage);
  return lease_->read([&](Connection& connection) {
    std::vector<Run> all;
    for (const auto state : each_or_any(filter.states)) {
      for (const auto trigger : each_or_any(filter.triggers)) {
        std::vector<Run> some = read_runs(connection, filter, state, trigger, *after, limit + 1);
        std::move(some.begin(), some.end(), std::back_inserter(all));
      }
    }
    std::sort(all.begin(), all.end(),
              [](const Run& left, const Run& right) { return std::tie(left.created, left.id) > std::tie(right.created, right.id); });
    return cut(std::move(all), limit, [](const Run& last) { return std::to_string(micros(last.created)) + "." + last.id; });
  });
}

Result<Page<StepRun>> Snapshot::step_history(const StepFilter& filter, const PageRequest& page) {
  const auto after = parse_cursor(page.cursor);
  if (!after) return tl::unexpected(after.error());
  const int limit = std::clamp(page.limit, 1, kLargestPage);
  return lease_->read([&](Connection& connection) {
    std::vector<NumberedStep> all;
    for (const auto state : each_or_any(filter.states)) {
      std::vector<NumberedStep> some = read_steps(connection, filter, state, *after, limit + 1);
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(), [](const NumberedStep& left, const NumberedStep& right) {
      return left.run != right.run ? left.run > right.run : left.step.ordinal < right.step.ordinal;
    });
    Page<NumberedStep> cut_page = cut(
        std::move(all), limit, [](const NumberedStep& last) { return std::to_string(last.run) + "." + std::to_string(last.step.ordinal); });
    Page<StepRun> steps;
    steps.next_cursor = std::move(cut_page.next_cursor);
    for (NumberedStep& step : cut_page.items) steps.items.push_back(std::move(step.step));
    return steps;
  });
}

Result<Page<Backfill>> Snapshot::backfills(const BackfillFilter& filter, const PageRequest& page) {
  const auto after = parse_cursor(page.cursor);
  if (!after) return tl::unexpected(after.error());
  const int limit = std::clamp(page.limit, 1, kLargestPage);
  return lease_->read([&](Connection& connection) {
    std::string sql = std::string("SELECT ") + kBackfillColumns + " FROM backfill WHERE true";
    if (!filter.pipeline.empty()) sql += " AND pipeline = ?";
    // Backfills are few: a filter by state needs no index of its own.
    if (!filter.states.empty()) sql += " AND state IN (SELECT value FROM json_each(?))";
    if (*after) sql += " AND (created, id) < (?, ?)";
    sql += " ORDER BY created DESC, id DESC LIMIT ?";
    Query query(connection.prepare(sql));
    if (!filter.pipeline.empty()) query.in(filter.pipeline);
    if (!filter.states.empty()) {
      std::vector<std::string> names;
      for (const BackfillState state : filter.states) names.emplace_back(name_of(state));
      query.in(to_json(names));
    }
    if (*after) query.in((*after)->number).in((*after)->text);
    query.in(limit + 1);
    std::vector<Backfill> backfills;
    while (query.next()) backfills.push_back(read_backfill(query));
    return cut(std::move(backfills), limit, [](const Backfill& last) { return std::to_string(micros(last.created)) + "." + last.id; });
  });
}

namespace {

/// Runs first, by their pipeline's index; then the one step of each by its key.
constexpr const char* kOfPublishedSteps =
    " FROM run r CROSS JOIN step s ON s.run = r.number AND s.name = ? WHERE r.pipeline = ? AND r.environment = ? AND r.interval_start IS "
    "NOT NULL"
    " AND s.state = 'succeeded' AND s.reused_from = ''";

Snapshot::PublishedInterval read_published_interval(Query& query) {
  Snapshot::PublishedInterval published;
  query.out(published.interval.start);
  query.out(published.interval.end);
  query.out(published.run_id);
  return published;
}

}  // namespace

Result<std::vector<Snapshot::PublishedInterval>> Snapshot::published_intervals(std::string_view environment, std::string_view pipeline,
                                                                               std::string_view step, const Interval& span) {
  return lease_->read([&](Connection& connection) {
    // Of each group SQLite shows the row that the only max() chose.
    static const std::string sql =
        std::string("SELECT r.interval_start, r.interval_end, r.id, max(r.number)") + kOfPublishedSteps +
        " AND r.interval_start < ? AND r.interval_end > ? GROUP BY r.interval_start, r.interval_end ORDER BY 1, 2";
    Query query(connection.prepare(sql));
    query.in(step).in(pipeline).in(environment).in(span.end).in(span.start);
    std::vector<PublishedInterval> published;
    while (query.next()) published.push_back(read_published_interval(query));
    return published;
  });
}

Result<std::optional<Snapshot::PublishedInterval>> Snapshot::last_published_interval(std::string_view environment,
                                                                                     std::string_view pipeline, std::string_view step) {
  return lease_->read([&](Connection& connection) -> std::optional<PublishedInterval> {
    static const std::string sql = std::string("SELECT r.interval_start, r.interval_end, r.id") + kOfPublishedSteps +
                                   " ORDER BY r.interval_start DESC, r.number DESC LIMIT 1";
    Query query(connection.prepare(sql));
    if (!query.in(step).in(pipeline).in(environment).next()) return std::nullopt;
    return read_published_interval(query);
  });
}

}  // namespace penstock::store
