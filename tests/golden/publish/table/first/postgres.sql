-- prepare, may be repeated
create table if not exists "mart"."penstock_ledger" (
  "token" varchar(64) not null,
  "run_id" text,
  "step" text,
  "rows" bigint,
  primary key ("token")
);

-- stage, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";

create table "mart"."penstock_staged_pefbxwp3ij23_totals" as
select "totals"."customer", "totals"."day", "totals"."total"
from "raw"."totals" as "totals";

-- publish, in one transaction
lock table "mart"."penstock_ledger" in share update exclusive mode;

insert into "mart"."penstock_ledger" ("token", "run_id", "step", "rows")
select
  'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as "token",
  'run1' as "run_id",
  'sales.totals' as "step",
  count(*) as "rows"
from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged";

alter table "mart"."penstock_staged_pefbxwp3ij23_totals" rename to "totals";

-- cleanup, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";
