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
  "total" decimal(38, 2)
);

-- stage, may be repeated
create or replace table "mart"."penstock_staged_pefbxwp3ij23_totals" as
select "totals"."customer", "totals"."day", "totals"."total"
from "raw"."totals" as "totals";

-- publish, in one transaction
create table "mart"."penstock_hold_tnen6cb723cs_totals" (
  "held" boolean
);

drop table "mart"."penstock_hold_tnen6cb723cs_totals";

insert into "mart"."penstock_ledger" ("token", "run_id", "step", "rows")
select
  'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as "token",
  'run1' as "run_id",
  'sales.totals' as "step",
  count(*) as "rows"
from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged";

delete from "mart"."totals" as "t"
where exists (
  select 1
  from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged"
  where "t"."customer" = "staged"."customer"
);

insert into "mart"."totals" ("customer", "day", "total")
select "staged"."customer", "staged"."day", "staged"."total"
from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged";

-- cleanup, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";
