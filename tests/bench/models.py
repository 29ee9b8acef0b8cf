#!/usr/bin/env python3
"""Writes one set of generated models as a Penstock project and as a dbt project: the same SELECTs, only the way to name a table differs.

    models.py penstock FOLDER MODELS [PER_PIPELINE]    penstock.yaml, and pipelines of 20 models, or of that many
    models.py dbt FOLDER MODELS                        dbt_project.yml, profiles.yml, a file per model
    models.py sources                                  the SQL that makes the two tables that all of them read

A block has four staging models, four with windows, four with joins, four that aggregate through a CTE, three unions and a last model that
gathers them; ten columns each. The last staging model of a block reads the last model of the block before; every fifth block begins
anew, so that the longest path is 35 models.
"""

import pathlib
import sys

BLOCK = 20
CHAINED_BLOCKS = 5
COLUMNS = {
    "id": "int64", "customer_id": "int64", "placed_on": "date", "region": "text", "status": "text",
    "amount": "'decimal(14,2)'", "cost": "'decimal(14,2)'", "quantity": "int64", "score": "float64", "updated_at": "timestamp",
}
CUSTOMERS = {"customer_id": "int64", "name": "text", "segment": "text"}

STAGING = """\
select id, customer_id, placed_on, lower(trim(region)) as region, coalesce(status, 'unknown') as status, amount, cost,
  cast(quantity as bigint) as quantity, score, updated_at
from {0}
where amount is not null and placed_on >= date '2000-01-01' and id % {number} >= 0"""

WINDOW = """\
select id, customer_id, placed_on, region, status, amount, cost,
  row_number() over (partition by customer_id order by placed_on, id) as quantity,
  avg(score) over (partition by region order by placed_on, id rows between 6 preceding and current row) as score,
  max(updated_at) over (partition by customer_id) as updated_at
from {0}"""

JOIN = """\
select a.id, a.customer_id, a.placed_on, a.region, case when c.segment = 'large' then b.status else a.status end as status,
  a.amount, coalesce(b.cost, a.cost) as cost, a.quantity, a.score * 0.5 + coalesce(b.score, 0) * 0.5 as score, a.updated_at
from {0} a
left join {1} b on a.id = b.id and a.placed_on = b.placed_on
join {customers} c on c.customer_id = a.customer_id"""

AGGREGATE = """\
with per_day as (
  select customer_id, placed_on, region, status, min(id) as id, sum(amount) as amount, sum(cost) as cost, count(*) as orders,
    avg(score) as score, max(updated_at) as updated_at
  from {0}
  where quantity > 0
  group by customer_id, placed_on, region, status
)
select id, customer_id, placed_on, region, status, cast(amount as numeric(14,2)) as amount, cast(cost as numeric(14,2)) as cost,
  orders as quantity, score, updated_at
from per_day
where amount > cost"""

UNION = """\
select id, customer_id, placed_on, region, status, amount, cost, quantity, score, updated_at from {0} where amount > 10
union all
select id, customer_id, placed_on, region, status, amount, cost, quantity, score, updated_at from {1} where amount <= 10"""

GATHER = """\
select u.id, u.customer_id, u.placed_on, u.region, u.status, u.amount, w.cost, u.quantity, j.score, u.updated_at
from {0} u
join {1} w on w.id = u.id
left join {2} j on j.id = u.id
where u.status <> 'cancelled'"""

# Of each place in a block: its SELECT, and the places that it reads; -1 is the source, -2 the last model of the block before.
SHAPES = (
    [(STAGING, [-1])] * 3 + [(STAGING, [-2])]
    + [(WINDOW, [place]) for place in range(4)]
    + [(JOIN, [4 + place, 4 + (place + 1) % 4]) for place in range(4)]
    + [(AGGREGATE, [8 + place]) for place in range(4)]
    + [(UNION, [12, 13]), (UNION, [14, 15]), (UNION, [16, 17])]
    + [(GATHER, [18, 4, 8])]
)

SOURCES = """\
create schema if not exists raw;
create table raw.orders as
  select cast(i as bigint) as id, cast(i % 17 as bigint) as customer_id, date '2024-01-01' + cast(i % 30 as integer) as placed_on,
    'region ' || cast(i % 5 as varchar) as region, case when i % 7 = 0 then null else 'open' end as status,
    cast(i * 1.5 as decimal(14,2)) as amount, cast(i as decimal(14,2)) as cost, cast(1 + i % 3 as bigint) as quantity,
    cast(i as double precision) / 3 as score, timestamp '2024-01-01 00:00:00' as updated_at
  from generate_series(1, 100) as s(i);
create table raw.customers as
  select cast(i as bigint) as customer_id, 'customer ' || cast(i as varchar) as name,
    case when i % 2 = 0 then 'large' else 'small' end as segment
  from generate_series(0, 16) as s(i);
"""


def name_of(number):
    return f"m{number // BLOCK:04d}_{number % BLOCK:02d}"


def models(count):
    """Yields every model's number, its SELECT and what it reads: numbers of models, or -1 for raw.orders."""
    for number in range(count):
        block, place = divmod(number, BLOCK)
        text, places = SHAPES[place]
        reads = []
        for read in places:
            before = block * BLOCK - 1 if block % CHAINED_BLOCKS else -1
            reads.append(before if read == -2 else -1 if read == -1 else block * BLOCK + read)
        yield number, text, reads


def write_penstock(folder, count, per_pipeline=BLOCK):
    (folder / "pipelines").mkdir(parents=True)
    (folder / "penstock.yaml").write_text(
        "project: bench\nconnections:\n"
        "  local:  { type: duckdb, path: bench.duckdb, schema: main }\n"
        "  server: { type: postgres, url: \"env:PENSTOCK_BENCH_POSTGRES\", schema: public, slots: 1 }\n"
        "environments:\n  duckdb:   { target: local }\n  postgres: { target: server }\n")
    pipelines = {}
    for number, text, reads in models(count):
        pipelines.setdefault(number // per_pipeline, []).append((number, text, reads))
    for pipeline, members in pipelines.items():
        outside = sorted({read for _, _, reads in members for read in reads if 0 <= read < pipeline * per_pipeline})
        lines = [f"pipeline: block_{pipeline:04d}\nsources:\n"]
        for table, columns in (("orders", COLUMNS), ("customers", CUSTOMERS)):
            typed = ", ".join(f"{name}: {kind}" for name, kind in columns.items())
            lines.append(f"  {table}:\n    table: raw.{table}\n    columns: {{ {typed} }}\n")
        lines += [f"  {name_of(read)}: {{ table: {name_of(read)} }}\n" for read in outside]
        lines.append("steps:\n")
        for number, text, reads in members:
            named = ["orders" if read < 0 else name_of(read) for read in reads]
            sql = text.format(*named, customers="customers", number=number + 1)
            lines.append(f"  - name: {name_of(number)}\n    sql: |\n      " + sql.replace("\n", "\n      ") + "\n")
        (folder / "pipelines" / f"block_{pipeline:04d}.yaml").write_text("".join(lines))


def write_dbt(folder, count):
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "name: bench\nversion: '1.0'\nprofile: bench\nmodel-paths: [models]\nflags: { send_anonymous_usage_stats: false }\n"
        "models: { bench: { +materialized: table } }\n")
    (folder / "profiles.yml").write_text(
        "bench:\n  target: duckdb\n  outputs:\n    duckdb: { type: duckdb, path: bench.duckdb, threads: 2 }\n"
        "    postgres:\n      type: postgres\n      host: \"{{ env_var('PGHOST') }}\"\n"
        "      port: \"{{ env_var('PGPORT') | int }}\"\n      user: \"{{ env_var('PGUSER') }}\"\n"
        "      password: \"{{ env_var('PGPASSWORD') }}\"\n      dbname: \"{{ env_var('PGDATABASE') }}\"\n      schema: dbt\n"
        "      threads: 1\n")
    (folder / "models" / "sources.yml").write_text("sources:\n  - name: raw\n    tables: [{ name: orders }, { name: customers }]\n")
    for number, text, reads in models(count):
        named = ["{{ source('raw', 'orders') }}" if read < 0 else "{{ ref('" + name_of(read) + "') }}" for read in reads]
        block = folder / "models" / f"block_{number // BLOCK:04d}"
        block.mkdir(exist_ok=True)
        sql = text.format(*named, customers="{{ source('raw', 'customers') }}", number=number + 1)
        (block / f"{name_of(number)}.sql").write_text(sql + "\n")


def main(arguments):
    writers = {"penstock": write_penstock, "dbt": write_dbt}
    if arguments == ["sources"]:
        print(SOURCES, end="")
    elif len(arguments) in (3, 4) and arguments[0] in writers and all(number.isdigit() for number in arguments[2:]):
        writers[arguments[0]](pathlib.Path(arguments[1]), *map(int, arguments[2:]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
