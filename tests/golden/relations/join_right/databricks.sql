with `orders_filtered` as (
  select `orders`.`order_id`, `orders`.`customer`, `orders`.`placed_on`, `orders`.`amount`
  from `raw`.`orders` as `orders`
  where `orders`.`amount` > 100
)
select
  `orders`.`order_id`,
  `orders`.`customer`,
  `orders`.`placed_on`,
  `orders`.`amount`,
  `customers`.`customer` as `customer_2`,
  `customers`.`state`
from `orders_filtered` as `orders`
right join `raw`.`customers` as `customers` on `orders`.`customer` = `customers`.`customer`
