-- prepare, may be repeated
create table if not exists "mart"."penstock_ledger" (
  "token" varchar(64) not null,
  "run_id" text,
  "step" text,
  "rows" bigint,
  primary key ("token")
);

-- publish, in one transaction
lock table "mart"."penstock_ledger" in share update exclusive mode;

insert into "mart"."penstock_ledger" ("token", "run_id", "step", "rows")
select "v"."token", "v"."run_id", "v"."step", "v"."rows"
from (values
  ('pefbxwp3ij23ncqbluhyzqzr7ndvpdmr', 'run1', 'sales.totals', cast(null as bigint))
) as "v" ("token", "run_id", "step", "rows");

create or replace view "mart"."totals" as
select "totals"."customer", "totals"."day", "totals"."total"
from "raw"."totals" as "totals";
