create table if not exists `mart`.`totals` as
select
  `orders_2`.`customer`,
  count(*) as `orders`,
  cast(sum(`orders_2`.`amount`) as bignumeric) as `total`
from `raw`.`orders` as `orders_2`
group by `orders_2`.`customer`
