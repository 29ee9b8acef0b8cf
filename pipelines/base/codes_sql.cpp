#include <array>

#include "pipelines/base/code_pages.h"

namespace penstock {
namespace {

constexpr std::array kCodes = {
    CodeSpec{
        Code::sql_syntax, "not valid SQL",
        R"(The statement does not follow PostgreSQL's grammar, which is the grammar of the portable language on every target. The caret stands
where the parser stopped; the fault is there or just before it.

What it usually is: a comma before `from`, a missing comma between columns, a reserved word as a name (quote it: `"order"`), an
expression of one vendor (`top 10`, `qualify`, `a:b` for JSON). For a statement in the target's own language use `native_sql:`.)",
        R"(wrong:   select a, b, from orders
right:   select a, b from orders
wrong:   select top 10 * from orders
right:   select * from orders order by id limit 10)"},
    CodeSpec{
        Code::sql_unsupported, "SQL that is not portable",
        R"(The statement is valid PostgreSQL, but it holds something that cannot mean the same on every target, or that a step must not do. A step
is exactly one SELECT: how its rows are written is said by `publish:`, so INSERT, CREATE, SET and several statements are refused.

Where only one target matters, `native_sql:` passes the text through as it is, at the price of declared columns and opaque lineage. It is
one SELECT, too: by the target's own rules for texts, names and comments nothing may stand behind its end.)",
        R"(wrong:   sql: insert into totals select sum(x) from t
right:   sql: select sum(x) as total from t
         publish: append)"},
    CodeSpec{
        Code::unknown_function, "unknown function",
        R"(The portable language has no function of that name with that number of arguments. It has PostgreSQL's names and meanings, and every
function in it is translated to each target, with tests on real engines. `penstock components --functions` lists them.

Common translations: `nvl`, `ifnull` -> `coalesce`; `iff`, `if` -> `case`; `len` -> `length`; `getdate()`, `now()` -> a parameter such
as `:interval_end` (see PEN3007); `charindex`, `instr` -> `position`.)",
        R"(wrong:   select nvl(region, 'none') as region from orders
right:   select coalesce(region, 'none') as region from orders)"},
    CodeSpec{
        Code::type_mismatch, "types that do not fit",
        R"(An operator, function, comparison or key gets a type that PostgreSQL would refuse: text compared with a number, a date added to a date,
branches of a `case` that share no type. Some engines would convert without a word, and each in its own way; here the conversion is
written.

Use a cast where the conversion is meant: `cast(code as int32)` or `code::int32`.)",
        R"(wrong:   select * from orders where order_date > 20240101
right:   select * from orders where order_date > date '2024-01-01'
wrong:   select '7' || 1 + 2
right:   select '7' || cast(1 + 2 as text))"},
    CodeSpec{
        Code::not_grouped, "column outside of GROUP BY",
        R"(The select has aggregates or a `group by`, and a column that is neither a key nor inside an aggregate. A group has many values of it,
so which one is meant is not said. Add it to `group by`, or aggregate it: `max(name)`, `min(name)`.)",
        R"(wrong:   select customer_id, name, sum(amount) from orders group by customer_id
right:   select customer_id, max(name) as name, sum(amount) as amount from orders group by customer_id)"},
    CodeSpec{
        Code::misplaced_aggregate, "aggregate or window function not allowed here",
        R"(Aggregates are computed after `where` and before `having` and `select`, window functions after both. So neither can stand in `where`,
`on` or `group by`, an aggregate cannot stand in another one, and a component's scalar expression (`filter`, `calculate`) has none.

Compute it one step earlier: filter groups by `having`, and window results in a select around it, or with a chain `aggregate` and then
`filter`.)",
        R"(wrong:   select customer_id from orders where count(*) > 1 group by customer_id
right:   select customer_id from orders group by customer_id having count(*) > 1)"},
    CodeSpec{
        Code::no_clock, "the clock of the engine",
        R"(`now()`, `current_date` and their kin give another result on every run and every retry: a retry after midnight would make other rows
than the run it repeats, and a backfill would fill the past with today's rows. Compiled SQL therefore holds no clock.

Use the run's interval: `:interval_start` and `:interval_end` are the bounds of the time that this run covers, in the schedule's time
zone, and are kept for every retry. A manual run takes them from `--interval`. What was "yesterday" is
`event_date >= :interval_start and event_date < :interval_end`.

`random()` and its kin are refused for the same reason.)",
        R"(wrong:   select * from events where event_date = current_date - 1
right:   select * from events where event_date >= :interval_start and event_date < :interval_end)"},
    CodeSpec{
        Code::column_count_mismatch, "different numbers of columns",
        R"(The two sides of a set operation, a list of aliases, a row of `values` or an `in (select ...)` have different numbers of columns.
`union` puts columns together by position, never by name: mind their order too. The component `union` can match by name.)",
        R"(wrong:   select id, name from customers union all select id from prospects
right:   select id, name from customers union all select id, null from prospects)"},
    CodeSpec{Code::unknown_type, "unknown type",
             R"(The types are boolean, int16, int32, int64, decimal(p,s), float32, float64, text, varchar(n), bytes, date, time, timestamp,
timestamptz, interval, json, uuid and array(type). PostgreSQL's names for them are understood as well: smallint, integer, bigint,
numeric, real, double precision, bytea, jsonb. The precision of a decimal is 1 to 38.

Vendors' names are not: `string` is `text`, `number` is `decimal(38,0)` or what you need, `datetime` is `timestamp`.)",
             R"(wrong:   columns: { price: number, sold_at: datetime }
right:   columns: { price: 'decimal(12,2)', sold_at: timestamp })"},
    CodeSpec{
        Code::untyped_column, "column without a type",
        R"(A column is a bare NULL, so that nothing says which type it has; each target would choose another one. Say it with a cast.)",
        R"(wrong:   select id, null as region from orders
right:   select id, cast(null as text) as region from orders)"},
    CodeSpec{
        Code::more_digits, "digits that differ from target to target",
        R"(PostgreSQL computes a quotient, and the mean of exact numbers, to sixteen significant digits or more, and a product to all of its digits.
Other targets hold 38 digits in all: sixteen of a quotient after the point, and at least 24 of a product. Here the digits beyond those would
show, in a text or in a product of two such numbers, and would be others on another target.

Say how many digits are meant: round the number first. What is not rounded still agrees to the sixteenth digit after the point.)",
        R"(wrong:   select cast(revenue / orders as text) as mean, (a / b) * (c / d) as share from totals
right:   select cast(round(revenue / orders, 2) as text) as mean, round(a / b, 8) * round(c / d, 8) as share from totals)"},
};

constexpr std::array kComponentCodes = {
    CodeSpec{
        Code::unknown_component, "unknown component or check",
        R"(An item of `do:` begins with a name that is no component, or an item of `checks:` with one that is no check. An item has one component:
its name, a colon, its parameters. `penstock components` lists all of them, `penstock components NAME` explains one with an example.

Names from other tools: where -> filter; group_by -> aggregate; rows to columns -> pivot; dedupe -> deduplicate; unite -> union;
calculator, with_columns -> calculate.)",
        R"(wrong:   do:
           - fliter: delay > 0
right:   do:
           - filter: delay > 0)"},
    CodeSpec{
        Code::nondeterministic_order, "order that leaves ties",
        R"(Which row is kept or ranked first depends on the order, and two rows may be equal under the one given. Then the engine chooses, and
chooses otherwise the next time: the same input gives another table. Add a column that makes the order complete, mostly the table's key.

It is an error where the result would change (`deduplicate`, `rank` with row numbers, `limit`), also in SQL.)",
        R"(wrong:   - deduplicate: { by: [customer_id], order: [updated_at desc] }
right:   - deduplicate: { by: [customer_id], order: [updated_at desc, version desc] })"},
    CodeSpec{
        Code::invalid_component, "component's parameters do not fit together",
        R"(Every parameter has the right shape, but together, or with the columns that come in, they make no sense: a join without a condition, a
pivot without values, a rename to a name that exists. `penstock components NAME` shows what it needs.)",
        R"(wrong:   - join: { with: airports, type: left }
right:   - join: { with: airports, type: left, on: origin = airports.iata })"},
};

}  // namespace

std::span<const CodeSpec> sql_codes() { return kCodes; }
std::span<const CodeSpec> component_codes() { return kComponentCodes; }

}  // namespace penstock
