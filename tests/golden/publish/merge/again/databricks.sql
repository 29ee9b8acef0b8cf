-- stage, may be repeated
create or replace table `mart`.`penstock_staged_pefbxwp3ij23_totals` as
select `totals`.`customer`, `totals`.`day`, `totals`.`total`
from `raw`.`totals` as `totals`;

-- check, may be repeated
with `totals_grouped` as (
  select `totals`.`customer`, count(*) as `penstock_rows`
  from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `totals`
  group by `totals`.`customer`
  having count(*) > 1
)
select 0 as `check_number`, count(*) as `failing_rows`
from `totals_grouped` as `totals`;

-- publish, may be repeated
merge into `mart`.`totals` as `t`
using `mart`.`penstock_staged_pefbxwp3ij23_totals` as `s` on `t`.`customer` = `s`.`customer`
when matched then
  update set
    `day` = `s`.`day`,
    `total` = `s`.`total`
when not matched then
  insert (`customer`, `day`, `total`)
  values (`s`.`customer`, `s`.`day`, `s`.`total`);

-- cleanup, may be repeated
drop table if exists `mart`.`penstock_staged_pefbxwp3ij23_totals`;
