-- prepare, may be repeated
create table if not exists "MART"."PENSTOCK_LEDGER" (
  "TOKEN" varchar(64) not null,
  "RUN_ID" varchar,
  "STEP" varchar,
  "ROWS" number(19, 0)
);

-- prepare, may be repeated
create table if not exists "MART"."TOTALS" (
  "CUSTOMER" varchar,
  "DAY" date,
  "TOTAL" number(38, 2)
);

-- stage, may be repeated
create or replace table "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" copy grants as
select "TOTALS"."CUSTOMER", "TOTALS"."DAY", "TOTALS"."TOTAL"
from "RAW"."TOTALS" as "TOTALS";

-- check, may be repeated
with "TOTALS_GROUPED" as (
  select "TOTALS"."CUSTOMER", count(*) as "PENSTOCK_ROWS"
  from "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "TOTALS"
  group by "TOTALS"."CUSTOMER"
  having count(*) > 1
)
select 0 as "CHECK_NUMBER", count(*) as "FAILING_ROWS"
from "TOTALS_GROUPED" as "TOTALS";

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
from "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "STAGED";

merge into "MART"."TOTALS" as "T"
using "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "S" on "T"."CUSTOMER" = "S"."CUSTOMER"
when matched then
  update set
    "DAY" = "S"."DAY",
    "TOTAL" = "S"."TOTAL"
when not matched then
  insert ("CUSTOMER", "DAY", "TOTAL")
  values ("S"."CUSTOMER", "S"."DAY", "S"."TOTAL");

-- cleanup, may be repeated
drop table if exists "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS";
