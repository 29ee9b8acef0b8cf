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

drop table if exists "mart"."totals";

alter table "mart"."penstock_staged_pefbxwp3ij23_totals" rename to "totals";

-- cleanup, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";
