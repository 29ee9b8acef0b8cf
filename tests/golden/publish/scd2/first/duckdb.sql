-- prepare, may be repeated
create table if not exists "mart"."penstock_ledger" (
  "token" varchar not null,
  "run_id" varchar,
  "step" varchar,
  "rows" bigint,
  primary key ("token")
);

-- prepare, may be repeated
create table if not exists "mart"."totals" (
  "customer" varchar,
  "day" date,
  "total" decimal(38, 2),
  "valid_from" date,
  "valid_to" date,
  "is_current" boolean
);

-- stage, may be repeated
create or replace table "mart"."penstock_staged_pefbxwp3ij23_totals" as
select "totals"."customer", "totals"."day", "totals"."total"
from "raw"."totals" as "totals";

-- check, may be repeated
with "totals_grouped" as (
  select "totals"."customer", "totals"."day", count(*) as "penstock_rows"
  from "mart"."penstock_staged_pefbxwp3ij23_totals" as "totals"
  group by "totals"."customer", "totals"."day"
  having count(*) > 1
)
select 0 as "check_number", count(*) as "failing_rows"
from "mart"."penstock_staged_pefbxwp3ij23_totals" as "totals"
where "totals"."day" is null
union all
select 1 as "check_number", count(*) as "failing_rows"
from "totals_grouped" as "totals";

-- stage, may be repeated
create or replace table "mart"."penstock_versions_pefbxwp3ij23_totals" as
with "combined" as (
  select
    "published"."customer",
    "published"."day",
    "published"."total",
    "published"."valid_from" as "penstock_since",
    0 as "penstock_priority"
  from "mart"."totals" as "published"
  where exists (
      select 1
      from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged"
      where "published"."customer" = "staged"."customer"
    )
  union all
  select
    "staged"."customer",
    "staged"."day",
    "staged"."total",
    "staged"."day" as "penstock_since",
    1 as "penstock_priority"
  from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged"
),
"combined_windowed" as (
  select
    "combined"."customer",
    "combined"."day",
    "combined"."total",
    "combined"."penstock_since",
    "combined"."penstock_priority",
    row_number() over (partition by "combined"."customer", "combined"."penstock_since" order by "combined"."penstock_priority" desc nulls last) as "penstock_place"
  from "combined"
),
"combined_windowed_2" as (
  select
    "combined"."customer",
    "combined"."day",
    "combined"."total",
    "combined"."penstock_since",
    row_number() over (partition by "combined"."customer" order by "combined"."penstock_since" nulls last) as "penstock_version",
    lag("combined"."total") over (partition by "combined"."customer" order by "combined"."penstock_since" nulls last) as "penstock_before_1"
  from "combined_windowed" as "combined"
  where "combined"."penstock_place" = 1
)
select
  "combined"."customer",
  "combined"."day",
  cast("combined"."total" as decimal(38, 2)) as "total",
  "combined"."penstock_since" as "valid_from",
  lead("combined"."penstock_since") over (partition by "combined"."customer" order by "combined"."penstock_since" nulls last) as "valid_to",
  lead("combined"."penstock_since") over (partition by "combined"."customer" order by "combined"."penstock_since" nulls last) is null as "is_current"
from "combined_windowed_2" as "combined"
where "combined"."penstock_version" = 1 or "combined"."total" is distinct from "combined"."penstock_before_1";

-- publish, in one transaction
insert into "mart"."penstock_ledger" ("token", "run_id", "step", "rows")
select
  'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as "token",
  'run1' as "run_id",
  'sales.totals' as "step",
  count(*) as "rows"
from "mart"."penstock_versions_pefbxwp3ij23_totals" as "staged";

delete from "mart"."totals" as "t"
where exists (
  select 1
  from "mart"."penstock_versions_pefbxwp3ij23_totals" as "staged"
  where "t"."customer" = "staged"."customer"
);

insert into "mart"."totals" ("customer", "day", "total", "valid_from", "valid_to", "is_current")
select
  "staged"."customer",
  "staged"."day",
  "staged"."total",
  "staged"."valid_from",
  "staged"."valid_to",
  "staged"."is_current"
from "mart"."penstock_versions_pefbxwp3ij23_totals" as "staged";

-- cleanup, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";

drop table if exists "mart"."penstock_versions_pefbxwp3ij23_totals";
