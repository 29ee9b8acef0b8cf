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

do $$ begin perform 1; end $$;

drop view "mart"."newest";

drop view "mart"."days";

drop table if exists "mart"."totals";

alter table "mart"."penstock_staged_pefbxwp3ij23_totals" rename to "totals";

grant select on table mart.totals to reader;

create or replace view "mart"."days" as
select "totals"."customer", "totals"."day"
from "mart"."totals" as "totals";

alter view mart.days set (security_barrier = 'true');

create or replace view "mart"."newest" as
select max(day) as day from mart.days;

grant select on table mart.newest to reader;

-- cleanup, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";
