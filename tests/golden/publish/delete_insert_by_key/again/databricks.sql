-- stage, may be repeated
create or replace table `mart`.`penstock_staged_pefbxwp3ij23_totals` as
select `totals`.`customer`, `totals`.`day`, `totals`.`total`
from `raw`.`totals` as `totals`;

-- publish, may be repeated
merge into `mart`.`totals` as `t`
using (
  select
    `staged`.`customer`,
    `staged`.`day`,
    `staged`.`total`,
    'I' as `penstock_action`,
    cast(null as string) as `penstock_key_1`
  from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
  union all
  select
    cast(null as string) as `customer`,
    cast(null as date) as `day`,
    cast(null as decimal(38, 2)) as `total`,
    'D' as `penstock_action`,
    `staged`.`customer` as `penstock_key_1`
  from (
    select distinct `staged`.`customer`
    from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`
  ) as `staged`
) as `s` on `s`.`penstock_action` = 'D' and `t`.`customer` = `s`.`penstock_key_1`
when matched then
  delete
when not matched and `s`.`penstock_action` = 'I' then
  insert (`customer`, `day`, `total`)
  values (`s`.`customer`, `s`.`day`, `s`.`total`);

-- cleanup, may be repeated
drop table if exists `mart`.`penstock_staged_pefbxwp3ij23_totals`;
