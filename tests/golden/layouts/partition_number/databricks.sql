-- from a query
create or replace table `mart`.`laid_out`
partitioned by (`orders`)
as
select
  `laid_out`.`customer`,
  `laid_out`.`orders`,
  `laid_out`.`day`,
  `laid_out`.`moment`,
  `laid_out`.`instant`,
  `laid_out`.`ratio`,
  `laid_out`.`TheDay`
from `raw`.`laid_out` as `laid_out`;

-- by its columns
create table `mart`.`laid_out` (
  `customer` string,
  `orders` bigint,
  `day` date,
  `moment` timestamp_ntz,
  `instant` timestamp,
  `ratio` double,
  `TheDay` date
)
partitioned by (`orders`)
tblproperties ('delta.columnMapping.mode' = 'name', 'delta.enableTypeWidening' = 'true');
