-- stage, may be repeated
create or replace table "mart"."penstock_staged_pefbxwp3ij23_totals" as
select "totals"."customer", "totals"."day", "totals"."total"
from "raw"."totals" as "totals";

-- check, may be repeated
select 0 as "check_number", count(*) as "failing_rows"
from "mart"."penstock_staged_pefbxwp3ij23_totals" as "totals"
where "totals"."day" is null or "totals"."day" < date '2001-01-01' or "totals"."day" >= date '2001-02-01';

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
where "t"."day" >= date '2001-01-01'
  and "t"."day" < date '2001-02-01';

insert into "mart"."totals" ("customer", "day", "total")
select "staged"."customer", "staged"."day", "staged"."total"
from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged";

-- cleanup, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";
