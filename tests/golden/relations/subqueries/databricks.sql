select `orders`.`order_id`, `orders`.`amount`
from `raw`.`orders` as `orders`
where exists (
  select 1
  from `raw`.`customers` as `customers`
  where `customers`.`customer` = `orders`.`customer`
)
  and not (`orders`.`order_id` in (
  select `orders_2`.`order_id`
  from `raw`.`orders` as `orders_2`
  where `orders_2`.`amount` > 100
))
  and `orders`.`amount` < (
  select max(`orders_2`.`amount`) as `largest`
  from `raw`.`orders` as `orders_2`
)
