-- stage, may be repeated
create or replace table "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" copy grants as
select "TOTALS"."CUSTOMER", "TOTALS"."DAY", "TOTALS"."TOTAL"
from "RAW"."TOTALS" as "TOTALS";

-- check, may be repeated
with "TOTALS_GROUPED" as (
  select "TOTALS"."CUSTOMER", "TOTALS"."DAY", count(*) as "PENSTOCK_ROWS"
  from "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "TOTALS"
  group by "TOTALS"."CUSTOMER", "TOTALS"."DAY"
  having count(*) > 1
)
select 0 as "CHECK_NUMBER", count(*) as "FAILING_ROWS"
from "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "TOTALS"
where "TOTALS"."DAY" is null
union all
select 1 as "CHECK_NUMBER", count(*) as "FAILING_ROWS"
from "TOTALS_GROUPED" as "TOTALS";

-- prepare, may be repeated
create table if not exists "MART"."PENSTOCK_SEEN_BGXJNK5NGLRD_TOTALS" (
  "CUSTOMER" varchar,
  "PENSTOCK_MOMENT" date,
  "PENSTOCK_DELETED" boolean
);

-- stage, may be repeated
create or replace table "MART"."PENSTOCK_VERSIONS_PEFBXWP3IJ23_TOTALS" copy grants as
with "COMBINED" as (
  select
    "PUBLISHED"."CUSTOMER",
    "PUBLISHED"."DAY",
    "PUBLISHED"."TOTAL",
    case when "V"."PENSTOCK_SIDE" = 1 then "PUBLISHED"."VALID_TO" else "PUBLISHED"."VALID_FROM" end as "PENSTOCK_SINCE",
    case when "V"."PENSTOCK_SIDE" = 1 then 1 else 2 end as "PENSTOCK_PRIORITY",
    case when "V"."PENSTOCK_SIDE" = 1 then 1 else 0 end as "PENSTOCK_DELETED"
  from "MART"."TOTALS" as "PUBLISHED"
  cross join (
    select 0 as "PENSTOCK_SIDE"
    union all select 1
  ) as "V"
  where exists (
      select 1
      from "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "STAGED"
      where "PUBLISHED"."CUSTOMER" = "STAGED"."CUSTOMER"
    )
    and ("V"."PENSTOCK_SIDE" = 0 or "PUBLISHED"."VALID_TO" is not null)
  union all
  select
    "SEEN"."CUSTOMER",
    "SEEN"."PENSTOCK_MOMENT" as "DAY",
    "PUBLISHED"."TOTAL",
    "SEEN"."PENSTOCK_MOMENT" as "PENSTOCK_SINCE",
    0 as "PENSTOCK_PRIORITY",
    case when coalesce("SEEN"."PENSTOCK_DELETED", false) then 1 else 0 end as "PENSTOCK_DELETED"
  from "MART"."PENSTOCK_SEEN_BGXJNK5NGLRD_TOTALS" as "SEEN"
  left join "MART"."TOTALS" as "PUBLISHED" on not coalesce("SEEN"."PENSTOCK_DELETED", true) and "SEEN"."CUSTOMER" = "PUBLISHED"."CUSTOMER" and "PUBLISHED"."VALID_FROM" <= "SEEN"."PENSTOCK_MOMENT" and ("PUBLISHED"."VALID_TO" is null or "PUBLISHED"."VALID_TO" > "SEEN"."PENSTOCK_MOMENT")
  where exists (
      select 1
      from "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "STAGED"
      where "SEEN"."CUSTOMER" = "STAGED"."CUSTOMER"
        and "STAGED"."DAY" < "SEEN"."PENSTOCK_MOMENT"
    )
    and (coalesce("SEEN"."PENSTOCK_DELETED", false) or "PUBLISHED"."VALID_FROM" is not null)
  union all
  select
    "STAGED"."CUSTOMER",
    "STAGED"."DAY",
    "STAGED"."TOTAL",
    "STAGED"."DAY" as "PENSTOCK_SINCE",
    4 as "PENSTOCK_PRIORITY",
    0 as "PENSTOCK_DELETED"
  from "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "STAGED"
),
"COMBINED_WINDOWED" as (
  select
    "COMBINED"."CUSTOMER",
    "COMBINED"."DAY",
    "COMBINED"."TOTAL",
    "COMBINED"."PENSTOCK_SINCE",
    "COMBINED"."PENSTOCK_PRIORITY",
    "COMBINED"."PENSTOCK_DELETED",
    row_number() over (partition by "COMBINED"."CUSTOMER", "COMBINED"."PENSTOCK_SINCE" order by "COMBINED"."PENSTOCK_PRIORITY" desc nulls last) as "PENSTOCK_PLACE"
  from "COMBINED"
),
"COMBINED_WINDOWED_2" as (
  select
    "COMBINED"."CUSTOMER",
    "COMBINED"."DAY",
    "COMBINED"."TOTAL",
    "COMBINED"."PENSTOCK_SINCE",
    "COMBINED"."PENSTOCK_PRIORITY",
    "COMBINED"."PENSTOCK_DELETED",
    case when "COMBINED"."PENSTOCK_DELETED" <> coalesce(lag("COMBINED"."PENSTOCK_DELETED") over (partition by "COMBINED"."CUSTOMER" order by "COMBINED"."PENSTOCK_SINCE" nulls last), 1) or ("COMBINED"."PENSTOCK_DELETED" = 0 and "COMBINED"."TOTAL" is distinct from lag("COMBINED"."TOTAL") over (partition by "COMBINED"."CUSTOMER" order by "COMBINED"."PENSTOCK_SINCE" nulls last)) then 1 else 0 end as "PENSTOCK_CHANGE"
  from "COMBINED_WINDOWED" as "COMBINED"
  where "COMBINED"."PENSTOCK_PLACE" = 1
)
select
  "COMBINED"."CUSTOMER",
  "COMBINED"."DAY",
  cast("COMBINED"."TOTAL" as number(38, 2)) as "TOTAL",
  "COMBINED"."PENSTOCK_SINCE" as "VALID_FROM",
  lead("COMBINED"."PENSTOCK_SINCE") over (partition by "COMBINED"."CUSTOMER", "COMBINED"."PENSTOCK_CHANGE" order by "COMBINED"."PENSTOCK_SINCE" nulls last) as "VALID_TO",
  lead("COMBINED"."PENSTOCK_SINCE") over (partition by "COMBINED"."CUSTOMER", "COMBINED"."PENSTOCK_CHANGE" order by "COMBINED"."PENSTOCK_SINCE" nulls last) is null as "IS_CURRENT",
  cast(case
    when "COMBINED"."PENSTOCK_CHANGE" = 1 and "COMBINED"."PENSTOCK_DELETED" = 0 then 1
    when "COMBINED"."PENSTOCK_CHANGE" = 0 and "COMBINED"."PENSTOCK_PRIORITY" > 0 and "COMBINED"."PENSTOCK_DELETED" = 0 then 2
    when "COMBINED"."PENSTOCK_CHANGE" = 0 and "COMBINED"."PENSTOCK_PRIORITY" > 0 then 3
    else 0
  end as number(10, 0)) as "PENSTOCK_KIND"
from "COMBINED_WINDOWED_2" as "COMBINED";

-- publish, in one transaction
delete from "MART"."PENSTOCK_LEDGER" as "T"
where "T"."TOKEN" = 'ni3w5z66mnibkxn2vic62gxv665tp6to';

insert into "MART"."PENSTOCK_LEDGER" ("TOKEN", "RUN_ID", "STEP", "ROWS")
select "V"."TOKEN", "V"."RUN_ID", "V"."STEP", "V"."ROWS"
from (
  select 'ni3w5z66mnibkxn2vic62gxv665tp6to' as "TOKEN", 'run1' as "RUN_ID", 'sales.totals' as "STEP", cast(null as number(19, 0)) as "ROWS"
) as "V";

insert into "MART"."PENSTOCK_LEDGER" ("TOKEN", "RUN_ID", "STEP", "ROWS")
select
  'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as "TOKEN",
  'run1' as "RUN_ID",
  'sales.totals' as "STEP",
  count(*) as "ROWS"
from "MART"."PENSTOCK_VERSIONS_PEFBXWP3IJ23_TOTALS" as "STAGED"
where "STAGED"."PENSTOCK_KIND" = 1;

delete from "MART"."PENSTOCK_SEEN_BGXJNK5NGLRD_TOTALS" as "T"
where exists (
  select 1
  from "MART"."PENSTOCK_VERSIONS_PEFBXWP3IJ23_TOTALS" as "STAGED"
  where ("STAGED"."PENSTOCK_KIND" = 2 or "STAGED"."PENSTOCK_KIND" = 3)
    and "T"."CUSTOMER" = "STAGED"."CUSTOMER"
    and "T"."PENSTOCK_MOMENT" = "STAGED"."VALID_FROM"
);

insert into "MART"."PENSTOCK_SEEN_BGXJNK5NGLRD_TOTALS" (
  "CUSTOMER",
  "PENSTOCK_MOMENT",
  "PENSTOCK_DELETED"
)
select
  "STAGED"."CUSTOMER",
  "STAGED"."VALID_FROM" as "PENSTOCK_MOMENT",
  "STAGED"."PENSTOCK_KIND" = 3 as "PENSTOCK_DELETED"
from "MART"."PENSTOCK_VERSIONS_PEFBXWP3IJ23_TOTALS" as "STAGED"
where "STAGED"."PENSTOCK_KIND" = 2 or "STAGED"."PENSTOCK_KIND" = 3;

delete from "MART"."TOTALS" as "T"
where exists (
  select 1
  from "MART"."PENSTOCK_VERSIONS_PEFBXWP3IJ23_TOTALS" as "STAGED"
  where "T"."CUSTOMER" = "STAGED"."CUSTOMER"
);

insert into "MART"."TOTALS" ("CUSTOMER", "DAY", "TOTAL", "VALID_FROM", "VALID_TO", "IS_CURRENT")
select
  "STAGED"."CUSTOMER",
  "STAGED"."DAY",
  "STAGED"."TOTAL",
  "STAGED"."VALID_FROM",
  "STAGED"."VALID_TO",
  "STAGED"."IS_CURRENT"
from "MART"."PENSTOCK_VERSIONS_PEFBXWP3IJ23_TOTALS" as "STAGED"
where "STAGED"."PENSTOCK_KIND" = 1;

-- cleanup, may be repeated
drop table if exists "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS";

drop table if exists "MART"."PENSTOCK_VERSIONS_PEFBXWP3IJ23_TOTALS";
