with `orders_grouped` as (
  select `orders`.`customer`, count(*) as `orders`, sum(`orders`.`amount`) as `total`
  from `raw`.`orders` as `orders`
  group by `orders`.`customer`
)
select
  `orders`.`order_id`,
  `orders`.`customer`,
  `orders`.`placed_on`,
  `orders`.`amount`,
  `orders_2`.`customer` as `customer_2`,
  `orders_2`.`orders`,
  `orders_2`.`total`
from `raw`.`orders` as `orders`
left join `orders_grouped` as `orders_2` on `orders`.`customer` = `orders_2`.`customer`
