with `orders_grouped` as (
  select `orders_2`.`customer`, count(*) as `orders`, sum(`orders_2`.`amount`) as `total`
  from `raw`.`orders` as `orders_2`
  group by `orders_2`.`customer`
)
select
  `orders_2`.`order_id`,
  `orders_2`.`customer`,
  `orders_2`.`placed_on`,
  `orders_2`.`amount`,
  `orders_3`.`customer` as `customer_2`,
  `orders_3`.`orders`,
  `orders_3`.`total`
from `raw`.`orders` as `orders_2`
left join `orders_grouped` as `orders_3` on `orders_2`.`customer` = `orders_3`.`customer`
