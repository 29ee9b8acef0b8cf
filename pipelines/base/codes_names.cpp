#include <array>

#include "pipelines/base/code_pages.h"

namespace penstock {
namespace {

constexpr std::array kCodes = {
    CodeSpec{
        Code::invalid_identifier, "not a name",
        R"(Names of pipelines, steps, sources, connections and parameters are made of lower-case letters, digits and underscores, start with a
letter or an underscore, and have at most 63 bytes: the names that mean the same on every target.

Columns are named as in SQL: letters fold to lower case, and a name in double quotes stays as it is.

A table that exists already may have any name in `sources:`; quote its parts there: `table: 'raw."Order Lines"'`.)",
        R"(wrong:   - name: Daily Sales
right:   - name: daily_sales)"},
    CodeSpec{
        Code::duplicate_name, "name used twice",
        R"(Two things that are called by name have the same one: two pipelines of the project, two connections, or a step and a source of one
pipeline. Steps and sources share their names, because SQL calls both as tables.

The other place is shown. Two pipelines may each have a step of the same name as long as they publish to different tables.)",
        R"(wrong:   sources: { orders: { table: raw.orders } }
         steps: [{ name: orders, sql: select * from orders }]
right:   sources: { raw_orders: { table: raw.orders } }
         steps: [{ name: orders, sql: select * from raw_orders }])"},
    CodeSpec{
        Code::unknown_table, "unknown table",
        R"(The name is neither a step of this pipeline, nor one of its `sources:`, nor a table that a `with` in the same statement defines.

Penstock must know every table that is read: from this it orders the steps, traces columns and tells what breaks when a table changes. A
table that the project does not make is declared as a source, once, with its real name in the target. That holds for a table
of another pipeline of the project too: the step that makes it is found by the table.)",
        R"(wrong:   sql: select * from raw.orders
right:   sources: { orders: { table: raw.orders } }
         ...
           sql: select * from orders)"},
    CodeSpec{
        Code::unknown_column, "unknown column",
        R"(None of the tables in reach has a column of that name. The message lists the nearest names, and where a table's columns are known.

Mind that an alias of the select list cannot be used in the same select's `where`, `group by` an expression, or another column: repeat the
expression, or put the select in a `with`. Names in double quotes keep their case: `"Id"` is not `id`.

Columns of sources come from `columns:` in the YAML or from the snapshot that `penstock sources pull` takes; if the table has changed in
the target, pull again. Where a source's columns are not known, any column of it is accepted.)",
        R"(wrong:   select order_id, custmer_id from orders
right:   select order_id, customer_id from orders)"},
    CodeSpec{
        Code::ambiguous_column, "column of more than one table",
        R"(More than one table of the `from` clause has this column, so the name alone does not tell which is meant. Put the table's name or alias
before it. This is an error on every target, and with `using (column)` the two become one.)",
        R"(wrong:   select id from orders join customers on customers.id = orders.customer_id
right:   select orders.id from orders join customers on customers.id = orders.customer_id)"},
    CodeSpec{
        Code::cyclic_steps, "steps wait for each other",
        R"(A step reads, over one or more others, its own result, so none of them could be first. The message shows the whole way round. `after:`
counts as well.

Where a step needs its own previous state (a running total, the last value seen), read the published table as a source: then it is the
table as the run before left it.)",
        R"(wrong:   a: select * from b      b: select * from a
right:   sources: { a_before: { table: marts.a } }
         a: select * from b      b: select * from a_before)"},
    CodeSpec{
        Code::unknown_parameter, "unknown parameter",
        R"(`:name` is a parameter: a value that the run supplies. It must be declared under the pipeline's `parameters:` with its type, or be
one of the built-in ones: `:interval_start`, `:interval_end`, `:run_id`, `:run_started_at`.

A parameter is a value and never text: it cannot stand for a table, a column or a piece of SQL. A cast is written `x::date`; a colon with
one name after it is always a parameter.)",
        R"(wrong:   sql: select * from orders where region = :region
right:   parameters: { region: { type: text, default: emea } }
         ...
           sql: select * from orders where region = :region)"},
    CodeSpec{
        Code::unknown_connection, "unknown connection",
        R"(`target:` names a connection that `penstock.yaml` does not define under `connections:`. An environment's target is the connection on
which its pipelines run; a pipeline may name another one for itself.)",
        R"(wrong:   environments: { prod: { target: warehouse } }     # no such connection
right:   connections: { warehouse: { type: postgres, host: db.example } }
         environments: { prod: { target: warehouse } })"},
    CodeSpec{
        Code::duplicate_column, "two columns of one name",
        R"(The result would have two columns of the same name. A table cannot, and which of the two a later step would read is anybody's guess.
It mostly comes from `select *` over a join whose sides share a column: list the columns, or rename one.)",
        R"(wrong:   select o.*, c.* from orders o join customers c on c.id = o.customer_id
right:   select o.*, c.name as customer_name from orders o join customers c on c.id = o.customer_id)"},
    CodeSpec{Code::unknown_environment, "unknown environment",
             R"(The environment that was asked for (`--env`) is not one of `environments:` in `penstock.yaml`. An
environment names the connection on which pipelines run, so that the same files serve development and production.)",
             R"(wrong:   penstock run orders --env production     # the file has dev and prod
right:   penstock run orders --env prod)"},
    CodeSpec{
        Code::unknown_compute, "unknown compute",
        R"(`compute:` of a step, or of its pipeline, is a name under `compute:` of the connection on which it runs, and that connection has none
of this name. There it stands for the target's own word: the warehouse of Snowflake and Databricks, the reservation of BigQuery, client
tags and session properties of Trino.

Every connection on which the pipeline runs needs the name; where nothing is to change, `large: {}` says so. DuckDB, PostgreSQL and Synapse
have no choice of compute: there the name means nothing, and `penstock plan` says that.)",
        R"(wrong:   compute: larg
right:   compute: large     # and at the connection: compute: { large: { warehouse: ETL_WH_L } })"},
};

}  // namespace

std::span<const CodeSpec> name_codes() { return kCodes; }

}  // namespace penstock
