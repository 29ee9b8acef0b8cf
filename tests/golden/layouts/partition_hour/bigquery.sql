-- from a query
create or replace table `mart`.`laid_out`
partition by datetime_trunc(`moment`, hour)
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
  `orders` int64,
  `day` date,
  `moment` datetime,
  `instant` timestamp,
  `ratio` float64,
  `TheDay` date
)
partition by datetime_trunc(`moment`, hour);
