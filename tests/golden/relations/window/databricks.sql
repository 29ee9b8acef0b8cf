select
  `orders`.`customer`,
  count(*) as `orders`,
  sum(`orders`.`amount`) as `total`,
  cast(row_number() over (order by sum(`orders`.`amount`) desc nulls last, `orders`.`customer` nulls last) as bigint) as `place`
from `raw`.`orders` as `orders`
where `orders`.`amount` > 100
group by `orders`.`customer`
