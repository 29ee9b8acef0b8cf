-- stage, may be repeated
create or replace table "mart"."penstock_staged_pefbxwp3ij23_totals" as
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

merge into "mart"."totals" as "t"
using "mart"."penstock_staged_pefbxwp3ij23_totals" as "s" on "t"."customer" = "s"."customer"
when matched then
  update set
    "day" = "s"."day",
    "total" = "s"."total"
when not matched then
  insert ("customer", "day", "total")
  values ("s"."customer", "s"."day", "s"."total");

-- cleanup, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";
