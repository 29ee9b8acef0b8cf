create table if not exists `mart`.`totals` as
select
  `orders`.`customer`,
  count(*) as `orders`,
  cast(sum(cast(`orders`.`amount` as bignumeric)) as bignumeric) as `total`
from `raw`.`orders` as `orders`
group by `orders`.`customer`
