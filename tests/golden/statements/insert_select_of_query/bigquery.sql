insert into `mart`.`totals` (`customer`, `orders`, `total`)
with `orders_windowed` as (
  select
    `orders_2`.`customer`,
    count(*) as `orders`,
    sum(`orders_2`.`amount`) as `total`,
    row_number() over (order by sum(`orders_2`.`amount`) desc, case when `orders_2`.`customer` is null then 1 else 0 end, `orders_2`.`customer`) as `place`
  from `raw`.`orders` as `orders_2`
  where `orders_2`.`amount` > 100
  group by `orders_2`.`customer`
)
select `orders_2`.`customer`, `orders_2`.`orders`, `orders_2`.`total`
from `orders_windowed` as `orders_2`
where `orders_2`.`place` <= 3
