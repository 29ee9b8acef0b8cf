-- stage, may be repeated
create or replace table `mart`.`penstock_staged_pefbxwp3ij23_totals` as
select `totals`.`customer`, `totals`.`day`, `totals`.`total`
from `raw`.`totals` as `totals`;

-- check, may be repeated
select 0 as `check_number`, count(*) as `failing_rows`
from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `totals`
where `totals`.`day` is null or `totals`.`day` < date '2001-01-01' or `totals`.`day` >= date '2001-02-01';

-- publish, may be repeated
merge into `mart`.`totals` as `t`
using `mart`.`penstock_staged_pefbxwp3ij23_totals` as `s` on false
when not matched then
  insert (`customer`, `day`, `total`)
  values (`s`.`customer`, `s`.`day`, `s`.`total`)
when not matched by source and (`t`.`day` >= date '2001-01-01' and `t`.`day` < date '2001-02-01') then
  delete;

-- cleanup, may be repeated
drop table if exists `mart`.`penstock_staged_pefbxwp3ij23_totals`;
