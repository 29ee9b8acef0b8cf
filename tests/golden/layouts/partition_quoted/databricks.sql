-- layout: partition [month(TheDay)]: Delta divides tables by columns, and not by what is computed of them; the table is clustered by TheDay instead
-- from a query
create or replace table `mart`.`laid_out`
cluster by (`TheDay`)
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
cluster by (`TheDay`)
tblproperties ('delta.columnMapping.mode' = 'name', 'delta.enableTypeWidening' = 'true');
