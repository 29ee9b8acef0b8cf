create or replace table `mart`.`totals` as
select
  `orders`.`customer`,
  count(*) as `orders`,
  cast(sum(`orders`.`amount`) as decimal(38, 2)) as `total`
from `raw`.`orders` as `orders`
group by `orders`.`customer`
