-- stage, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";

create table "mart"."penstock_staged_pefbxwp3ij23_totals" as
select "totals"."customer", "totals"."day", "totals"."total"
from "raw"."totals" as "totals";

-- publish, in one transaction
lock table "mart"."totals" in share row exclusive mode;

insert into "mart"."penstock_ledger" ("token", "run_id", "step", "rows")
select
  'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as "token",
  'run1' as "run_id",
  'sales.totals' as "step",
  count(*) as "rows"
from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged";

delete from "mart"."totals";

insert into "mart"."totals" ("customer", "day", "total")
select "staged"."customer", "staged"."day", "staged"."total"
from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged";

-- cleanup, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";
