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

-- publish, in one transaction
insert into "MART"."PENSTOCK_LEDGER" ("TOKEN", "RUN_ID", "STEP", "ROWS")
select
  'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as "TOKEN",
  'run1' as "RUN_ID",
  'sales.totals' as "STEP",
  count(*) as "ROWS"
from "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "STAGED";

insert into "MART"."TOTALS" ("CUSTOMER", "DAY", "TOTAL")
select "STAGED"."CUSTOMER", "STAGED"."DAY", "STAGED"."TOTAL"
from "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "STAGED";

-- cleanup, may be repeated
drop table if exists "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS";
