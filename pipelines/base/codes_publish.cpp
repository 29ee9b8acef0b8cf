#include <array>

#include "pipelines/base/code_pages.h"

namespace penstock {
namespace {

constexpr std::array kPublishCodes = {
    CodeSpec{
        Code::invalid_publish, "publish mode does not fit",
        R"(The write mode and its settings do not go together, or not with the step's columns: `key:` with `publish: view`, both `key` and
`interval` for `delete_insert`, a key that is no column of the step, an interval column that is neither date nor timestamp, `on_missing:
close` for a query that does not give every key (it names `effective_at`, or reads `:interval_start`).

| mode | what the published table is afterwards | settings |
|---|---|---|
| view | the query itself | |
| table | exactly the step's rows | |
| append | what was there, and the step's rows | |
| merge | what was there; rows of the same key replaced | key, newest_by |
| delete_insert | what was there, without the keys or the interval of this run, and the step's rows | key or interval |
| scd2 | every version of every key, with valid_from and valid_to | key, effective_at, tracked, deleted_when, on_missing |)",
        R"(wrong:   publish: { as: view, key: id }
right:   publish: { as: merge, key: id })"},
    CodeSpec{
        Code::missing_publish_key, "write mode needs a key",
        R"(`merge` and `scd2` find the row that a new one replaces by its key, and `delete_insert` needs a key or an interval to know which rows to
remove. The key is one or more columns of the step that together identify a row; NULL counts as a value. Duplicate keys among the new
rows stop the step before anything is written.)",
        R"(wrong:   publish: merge
right:   publish: { as: merge, key: order_id }
right:   publish: { as: delete_insert, interval: order_date })"},
    CodeSpec{
        Code::invalid_check, "check cannot be made",
        R"(The check's parameters do not fit together or with the step's columns: a column that the step does not have, a `row_count` without
`min` and `max`, a relationship to an unknown table, a check on a view's rows that needs a stage. Two checks of a step may not have the
same name.)",
        R"(wrong:   - row_count: {}
right:   - row_count: { min: 1 })"},
    CodeSpec{
        Code::interval_without_schedule, "interval without a schedule",
        R"(The step uses `:interval_start`, `:interval_end` or `publish: { interval: ... }`, but the pipeline has no `schedule:` from whose times
the interval of a run would follow. Add one; `interval:` in it says which calendar unit one run covers. A pipeline that is only ever run
by `penstock backfill` needs it too: the schedule's interval is what the backfill counts in.)",
        R"(wrong:   pipeline: routes
         steps: [{ name: flown, sql: select * from flights where date >= :interval_start }]
right:   pipeline: routes
         schedule: { cron: "15 2 * * *" }
         steps: ...)"},
    CodeSpec{Code::invalid_layout, "layout does not fit",
             R"(`layout:` says how the rows of a step's table lie, in words that mean the same on every target:

| key | what it names |
|---|---|
| partition | what divides the table: a column; year(c), month(c), day(c), hour(c) of a date or timestamp; bucket(n, c); range(c, first, last, step) of whole numbers |
| cluster | columns whose near values are to lie together |
| distribute | columns by which rows are spread over nodes, or even, or all |
| sort | columns by which rows are in order |
| properties | settings in the target's own words |

Here one of them does not fit: a function that is none of these, a column of the wrong type, a layout of a view. What is right but not to
be had on a target is no error: `penstock plan` says what is done instead.

Between brackets and braces a comma ends a value, so `bucket` and `range` stand in quotes there.)",
             R"(wrong:   layout: { partition: date_trunc(month, sold_on) }
right:   layout: { partition: month(sold_on) }
right:   layout: { partition: 'bucket(16, shop)' })"},
};

constexpr std::array kTargetCodes = {
    CodeSpec{
        Code::target_cannot, "the target cannot do this",
        R"(The step is right, but the engine of this target has no way to say it with the same meaning, and a rough likeness would give other rows
without a word. The message stands on the expression, names what is missing, and the ways round it: another write mode, a simpler
expression, or `native_sql:`. Everything that is refused is reported at once: in the query, in the checks, and in what publishes the rows.

`penstock validate --dialect bigquery,trino` asks the same of other targets; what only some of them refuse names those that can.
`penstock compile --dialect trino` asks it of one, and prints its SQL where nothing is refused.

`penstock compile --dialect NAME` shows what a step becomes on another target.)",
        R"(wrong:   publish: { as: append }     # to a target without transactions or a findable token
right:   publish: { as: delete_insert, interval: day })"},
};

constexpr std::array kScheduleCodes = {
    CodeSpec{
        Code::invalid_cron, "not a cron expression",
        R"(A cron expression has five fields: minute (0-59), hour (0-23), day of the month (1-31), month (1-12 or jan-dec), day of the week (0-7 or
sun-sat; 0 and 7 are Sunday). Each is `*`, a number, a range `a-b`, a step `*/n` or `a-b/n`, or a list of those with commas. The names
@hourly, @daily, @weekly, @monthly and @yearly stand for the usual ones.

Put it in quotes: a `*` at the start of a plain value is an alias in YAML. `penstock schedule next --cron '...'` prints its next times.)",
        R"(wrong:   schedule: { cron: "15 25 * * *" }
right:   schedule: { cron: "15 2 * * *" })"},
    CodeSpec{
        Code::unknown_timezone, "unknown time zone",
        R"(`timezone:` takes a name of the IANA time zone database: `UTC`, `Europe/Berlin`, `America/New_York`. Abbreviations such as `EST` or
`CET` are refused, for they do not say when the clocks change, and so are offsets. Without `timezone:` it is UTC.)",
        R"(wrong:   schedule: { cron: "15 2 * * *", timezone: EST }
right:   schedule: { cron: "15 2 * * *", timezone: America/New_York })"},
    CodeSpec{
        Code::cron_never_fires, "schedule that never fires",
        R"(The expression is well formed, but no day meets it: the 30th of February, the 31st of a month of 30 days. Nothing would ever start, and
nothing would say so.)",
        R"(wrong:   schedule: { cron: "0 4 31 6 *" }
right:   schedule: { cron: "0 4 30 6 *" })"},
    CodeSpec{
        Code::uneven_intervals, "intervals with gaps or overlaps",
        R"(Without `interval:`, the intervals of consecutive starts lie end to end: no moment is left out, none is covered twice. An `interval:` that
is named makes each run cover the last whole unit before its start, whatever the cron does, and here two consecutive starts leave
something out between their units or cover some of it twice. A step with `publish: append` then misses rows or has them twice.

Leave `interval:` out, or give the cron one start in each of its units. `penstock schedule next NAME` lists starts with their intervals. It
is a warning, because a step that replaces what it covers may want the overlap.)",
        R"(wrong:   schedule: { cron: "0 9 * * mon-fri", interval: day }
right:   schedule: { cron: "0 9 * * mon-fri" }
right:   schedule: { cron: "0 9 * * *", interval: day })"},
};

}  // namespace

std::span<const CodeSpec> publish_codes() { return kPublishCodes; }
std::span<const CodeSpec> target_codes() { return kTargetCodes; }
std::span<const CodeSpec> schedule_codes() { return kScheduleCodes; }

}  // namespace penstock
