-- prepare, may be repeated
create table if not exists "mart"."penstock_ledger" (
  "token" varchar(64) not null,
  "run_id" text,
  "step" text,
  "rows" bigint,
  primary key ("token")
);

-- prepare, may be repeated
create table if not exists "mart"."penstock_seen_7zi7v7doru7z_totals" (
  "penstock_moment" timestamp
);

delete from "mart"."penstock_seen_7zi7v7doru7z_totals";

-- prepare, may be repeated
create table if not exists "mart"."totals" (
  "customer" text,
  "day" date,
  "total" numeric(38, 2),
  "valid_from" timestamp,
  "valid_to" timestamp,
  "is_current" boolean
);

-- stage, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";

create table "mart"."penstock_staged_pefbxwp3ij23_totals" as
select "totals"."customer", "totals"."day", "totals"."total"
from "raw"."totals" as "totals";

-- check, may be repeated
with "totals_grouped" as (
  select "totals"."customer", count(*) as "penstock_rows"
  from "mart"."penstock_staged_pefbxwp3ij23_totals" as "totals"
  group by "totals"."customer"
  having count(*) > 1
)
select 0 as "check_number", count(*) as "failing_rows"
from "totals_grouped" as "totals";

-- publish, in one transaction
lock table "mart"."totals" in share row exclusive mode;

create table "mart"."penstock_versions_pefbxwp3ij23_totals" as
with "keys" as (
  select "staged"."customer"
  from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged"
  union
  select "published"."customer"
  from "mart"."totals" as "published"
  where "published"."valid_from" <= timestamp '2001-01-01 00:00:00'
    and ("published"."valid_to" is null or "published"."valid_to" > timestamp '2001-01-01 00:00:00')
),
"seen_grouped" as (
  select min("seen"."penstock_moment") as "penstock_next"
  from "mart"."penstock_seen_7zi7v7doru7z_totals" as "seen"
  where "seen"."penstock_moment" > timestamp '2001-01-01 00:00:00'
  having min("seen"."penstock_moment") is not null
),
"combined" as (
  select
    "published"."customer",
    "published"."day",
    "published"."total",
    case when "v"."penstock_side" = 1 then "published"."valid_to" else "published"."valid_from" end as "penstock_since",
    case when "v"."penstock_side" = 1 then 1 else 2 end as "penstock_priority",
    case when "v"."penstock_side" = 1 then 1 else 0 end as "penstock_deleted"
  from "mart"."totals" as "published"
  cross join (values
    (0),
    (1)
  ) as "v" ("penstock_side")
  where exists (
      select 1
      from "keys"
      where "published"."customer" = "keys"."customer"
    )
    and ("v"."penstock_side" = 0 or "published"."valid_to" is not null)
  union all
  select
    "keys"."customer",
    "published"."day",
    "published"."total",
    "seen"."penstock_next" as "penstock_since",
    0 as "penstock_priority",
    case when "published"."valid_from" is null then 1 else 0 end as "penstock_deleted"
  from "keys"
  cross join "seen_grouped" as "seen"
  left join "mart"."totals" as "published" on "keys"."customer" = "published"."customer" and "published"."valid_from" <= "seen"."penstock_next" and ("published"."valid_to" is null or "published"."valid_to" > "seen"."penstock_next")
  union all
  select
    "keys"."customer",
    cast(null as date) as "day",
    cast(null as numeric(38, 2)) as "total",
    timestamp '2001-01-01 00:00:00' as "penstock_since",
    3 as "penstock_priority",
    1 as "penstock_deleted"
  from "keys"
  union all
  select
    "staged"."customer",
    "staged"."day",
    "staged"."total",
    timestamp '2001-01-01 00:00:00' as "penstock_since",
    4 as "penstock_priority",
    0 as "penstock_deleted"
  from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged"
),
"combined_windowed" as (
  select
    "combined"."customer",
    "combined"."day",
    "combined"."total",
    "combined"."penstock_since",
    "combined"."penstock_priority",
    "combined"."penstock_deleted",
    row_number() over (partition by "combined"."customer", "combined"."penstock_since" order by "combined"."penstock_priority" desc nulls last) as "penstock_place"
  from "combined"
),
"combined_windowed_2" as (
  select
    "combined"."customer",
    "combined"."day",
    "combined"."total",
    "combined"."penstock_since",
    "combined"."penstock_priority",
    "combined"."penstock_deleted",
    case when "combined"."penstock_deleted" <> coalesce(lag("combined"."penstock_deleted") over (partition by "combined"."customer" order by "combined"."penstock_since" nulls last), 1) or ("combined"."penstock_deleted" = 0 and ("combined"."day" is distinct from lag("combined"."day") over (partition by "combined"."customer" order by "combined"."penstock_since" nulls last) or "combined"."total" is distinct from lag("combined"."total") over (partition by "combined"."customer" order by "combined"."penstock_since" nulls last))) then 1 else 0 end as "penstock_change"
  from "combined_windowed" as "combined"
  where "combined"."penstock_place" = 1
)
select
  "combined"."customer",
  "combined"."day",
  cast("combined"."total" as numeric(38, 2)) as "total",
  "combined"."penstock_since" as "valid_from",
  lead("combined"."penstock_since") over (partition by "combined"."customer", "combined"."penstock_change" order by "combined"."penstock_since" nulls last) as "valid_to",
  lead("combined"."penstock_since") over (partition by "combined"."customer", "combined"."penstock_change" order by "combined"."penstock_since" nulls last) is null as "is_current",
  case when "combined"."penstock_change" = 1 and "combined"."penstock_deleted" = 0 then 1 else 0 end as "penstock_kind"
from "combined_windowed_2" as "combined";

insert into "mart"."penstock_ledger" ("token", "run_id", "step", "rows")
select
  'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as "token",
  'run1' as "run_id",
  'sales.totals' as "step",
  count(*) as "rows"
from "mart"."penstock_versions_pefbxwp3ij23_totals" as "staged"
where "staged"."penstock_kind" = 1;

delete from "mart"."penstock_seen_7zi7v7doru7z_totals" as "t"
where exists (
  select 1
  from (values
    (timestamp '2001-01-01 00:00:00')
  ) as "v" ("penstock_moment")
  where "t"."penstock_moment" = "v"."penstock_moment"
);

insert into "mart"."penstock_seen_7zi7v7doru7z_totals" ("penstock_moment")
select "v"."penstock_moment"
from (values
  (timestamp '2001-01-01 00:00:00')
) as "v" ("penstock_moment");

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
from "mart"."penstock_versions_pefbxwp3ij23_totals" as "staged"
where "staged"."penstock_kind" = 1;

drop table "mart"."penstock_versions_pefbxwp3ij23_totals";

-- cleanup, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";
