-- prepare, may be repeated
create table if not exists "mart"."penstock_ledger" (
  "token" varchar not null,
  "run_id" varchar,
  "step" varchar,
  "rows" bigint,
  primary key ("token")
);

-- prepare, may be repeated
create table if not exists "mart"."penstock_seen_bgxjnk5nglrd_totals" (
  "customer" varchar,
  "penstock_moment" date,
  "penstock_deleted" boolean
);

delete from "mart"."penstock_seen_bgxjnk5nglrd_totals";

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

-- publish, in one transaction
create table "mart"."penstock_hold_tnen6cb723cs_totals" (
  "held" boolean
);

drop table "mart"."penstock_hold_tnen6cb723cs_totals";

create table "mart"."penstock_versions_pefbxwp3ij23_totals" as
with "combined" as (
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
      from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged"
      where "published"."customer" = "staged"."customer"
    )
    and ("v"."penstock_side" = 0 or "published"."valid_to" is not null)
  union all
  select
    "seen"."customer",
    "seen"."penstock_moment" as "day",
    "published"."total",
    "seen"."penstock_moment" as "penstock_since",
    0 as "penstock_priority",
    case when "seen"."penstock_deleted" is true then 1 else 0 end as "penstock_deleted"
  from "mart"."penstock_seen_bgxjnk5nglrd_totals" as "seen"
  left join "mart"."totals" as "published" on "seen"."penstock_deleted" is false and "seen"."customer" = "published"."customer" and "published"."valid_from" <= "seen"."penstock_moment" and ("published"."valid_to" is null or "published"."valid_to" > "seen"."penstock_moment")
  where exists (
      select 1
      from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged"
      where "seen"."customer" = "staged"."customer"
        and "staged"."day" < "seen"."penstock_moment"
    )
    and ("seen"."penstock_deleted" is true or "published"."valid_from" is not null)
  union all
  select
    "staged"."customer",
    "staged"."day",
    "staged"."total",
    "staged"."day" as "penstock_since",
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
    case when "combined"."penstock_deleted" <> coalesce(lag("combined"."penstock_deleted") over (partition by "combined"."customer" order by "combined"."penstock_since" nulls last), 1) or ("combined"."penstock_deleted" = 0 and "combined"."total" is distinct from lag("combined"."total") over (partition by "combined"."customer" order by "combined"."penstock_since" nulls last)) then 1 else 0 end as "penstock_change"
  from "combined_windowed" as "combined"
  where "combined"."penstock_place" = 1
)
select
  "combined"."customer",
  "combined"."day",
  cast("combined"."total" as decimal(38, 2)) as "total",
  "combined"."penstock_since" as "valid_from",
  lead("combined"."penstock_since") over (partition by "combined"."customer", "combined"."penstock_change" order by "combined"."penstock_since" nulls last) as "valid_to",
  lead("combined"."penstock_since") over (partition by "combined"."customer", "combined"."penstock_change" order by "combined"."penstock_since" nulls last) is null as "is_current",
  case
    when "combined"."penstock_change" = 1 and "combined"."penstock_deleted" = 0 then 1
    when "combined"."penstock_change" = 0 and "combined"."penstock_priority" > 0 and "combined"."penstock_deleted" = 0 then 2
    when "combined"."penstock_change" = 0 and "combined"."penstock_priority" > 0 then 3
    else 0
  end as "penstock_kind"
from "combined_windowed_2" as "combined";

insert into "mart"."penstock_ledger" ("token", "run_id", "step", "rows")
select
  'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as "token",
  'run1' as "run_id",
  'sales.totals' as "step",
  count(*) as "rows"
from "mart"."penstock_versions_pefbxwp3ij23_totals" as "staged"
where "staged"."penstock_kind" = 1;

delete from "mart"."penstock_seen_bgxjnk5nglrd_totals" as "t"
where exists (
  select 1
  from "mart"."penstock_versions_pefbxwp3ij23_totals" as "staged"
  where ("staged"."penstock_kind" = 2 or "staged"."penstock_kind" = 3)
    and "t"."customer" = "staged"."customer"
    and "t"."penstock_moment" = "staged"."valid_from"
);

insert into "mart"."penstock_seen_bgxjnk5nglrd_totals" (
  "customer",
  "penstock_moment",
  "penstock_deleted"
)
select
  "staged"."customer",
  "staged"."valid_from" as "penstock_moment",
  "staged"."penstock_kind" = 3 as "penstock_deleted"
from "mart"."penstock_versions_pefbxwp3ij23_totals" as "staged"
where "staged"."penstock_kind" = 2 or "staged"."penstock_kind" = 3;

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
