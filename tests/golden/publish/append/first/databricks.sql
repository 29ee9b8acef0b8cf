-- prepare, may be repeated
create table if not exists `mart`.`totals` (
  `customer` string,
  `day` date,
  `total` decimal(38, 2)
)
tblproperties ('delta.columnMapping.mode' = 'name', 'delta.enableTypeWidening' = 'true');

-- stage, may be repeated
create or replace table `mart`.`penstock_staged_pefbxwp3ij23_totals` as
select `totals`.`customer`, `totals`.`day`, `totals`.`total`
from `raw`.`totals` as `totals`;

-- publish
insert into `mart`.`totals` (`customer`, `day`, `total`)
select `staged`.`customer`, `staged`.`day`, `staged`.`total`
from `mart`.`penstock_staged_pefbxwp3ij23_totals` as `staged`;

-- cleanup, may be repeated
drop table if exists `mart`.`penstock_staged_pefbxwp3ij23_totals`;
