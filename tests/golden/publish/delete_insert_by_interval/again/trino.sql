-- stage, may be repeated
create or replace table "mart"."penstock_staged_pefbxwp3ij23_totals" as
select "totals"."customer", "totals"."day", "totals"."total"
from "raw"."totals" as "totals";

-- check, may be repeated
select 0 as "check_number", count(*) as "failing_rows"
from "mart"."penstock_staged_pefbxwp3ij23_totals" as "totals"
where "totals"."day" is null or "totals"."day" < date '2001-01-01' or "totals"."day" >= date '2001-02-01';

-- publish, may be repeated
merge into "mart"."totals" as "t"
using (
  select "staged"."customer", "staged"."day", "staged"."total", 'I' as "penstock_action"
  from "mart"."penstock_staged_pefbxwp3ij23_totals" as "staged"
  union all
  select "v"."customer", "v"."day", "v"."total", "v"."penstock_action"
  from (values
    (cast(null as varchar), cast(null as date), cast(null as decimal(38, 2)), 'D')
  ) as "v" ("customer", "day", "total", "penstock_action")
) as "s" on "s"."penstock_action" = case when "t"."day" >= date '2001-01-01' then 'D' end and "t"."day" >= date '2001-01-01' and "t"."day" < date '2001-02-01'
when matched then
  delete
when not matched and "s"."penstock_action" = 'I' then
  insert ("customer", "day", "total")
  values ("s"."customer", "s"."day", "s"."total");

-- cleanup, may be repeated
drop table if exists "mart"."penstock_staged_pefbxwp3ij23_totals";
