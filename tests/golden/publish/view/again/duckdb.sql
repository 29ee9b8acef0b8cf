-- publish, in one transaction
create table "mart"."penstock_hold_tnen6cb723cs_totals" (
  "held" boolean
);

drop table "mart"."penstock_hold_tnen6cb723cs_totals";

insert into "mart"."penstock_ledger" ("token", "run_id", "step", "rows")
select "v"."token", "v"."run_id", "v"."step", "v"."rows"
from (values
  ('pefbxwp3ij23ncqbluhyzqzr7ndvpdmr', 'run1', 'sales.totals', cast(null as bigint))
) as "v" ("token", "run_id", "step", "rows");

create or replace view "mart"."totals" as
select "totals"."customer", "totals"."day", "totals"."total"
from "raw"."totals" as "totals";
