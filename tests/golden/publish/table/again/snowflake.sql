-- stage, may be repeated
create or replace table "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" copy grants as
select "TOTALS"."CUSTOMER", "TOTALS"."DAY", "TOTALS"."TOTAL"
from "RAW"."TOTALS" as "TOTALS";

-- publish, in one transaction
delete from "MART"."PENSTOCK_LEDGER" as "T"
where "T"."TOKEN" = 'ni3w5z66mnibkxn2vic62gxv665tp6to';

insert into "MART"."PENSTOCK_LEDGER" ("TOKEN", "RUN_ID", "STEP", "ROWS")
select "V"."TOKEN", "V"."RUN_ID", "V"."STEP", "V"."ROWS"
from (
  select 'ni3w5z66mnibkxn2vic62gxv665tp6to' as "TOKEN", 'run1' as "RUN_ID", 'sales.totals' as "STEP", cast(null as number(19, 0)) as "ROWS"
) as "V";

insert into "MART"."PENSTOCK_LEDGER" ("TOKEN", "RUN_ID", "STEP", "ROWS")
select
  'pefbxwp3ij23ncqbluhyzqzr7ndvpdmr' as "TOKEN",
  'run1' as "RUN_ID",
  'sales.totals' as "STEP",
  count(*) as "ROWS"
from "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "STAGED";

delete from "MART"."TOTALS" where true;

insert into "MART"."TOTALS" ("CUSTOMER", "DAY", "TOTAL")
select "STAGED"."CUSTOMER", "STAGED"."DAY", "STAGED"."TOTAL"
from "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS" as "STAGED";

-- cleanup, may be repeated
drop table if exists "MART"."PENSTOCK_STAGED_PEFBXWP3IJ23_TOTALS";
