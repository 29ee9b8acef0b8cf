with `orders_windowed` as (
  select
    `orders`.`customer`,
    count(*) as `orders`,
    sum(cast(`orders`.`amount` as bignumeric)) as `total`,
    row_number() over (order by sum(cast(`orders`.`amount` as bignumeric)) desc, case when `orders`.`customer` is null then 1 else 0 end, `orders`.`customer`) as `place`
  from `raw`.`orders` as `orders`
  where `orders`.`amount` > 100
  group by `orders`.`customer`
)
select `orders`.`customer`, `orders`.`orders`, `orders`.`total`, `orders`.`place`
from `orders_windowed` as `orders`
where `orders`.`place` <= 3
