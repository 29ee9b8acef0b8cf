with `big_orders` as (
  select `orders`.`order_id`, `orders`.`customer`, `orders`.`amount`
  from `raw`.`orders` as `orders`
  where `orders`.`amount` > 100
)
select `big_orders`.`order_id` as `left_id`, `big_orders_2`.`order_id` as `right_id`
from `big_orders`
join `big_orders` as `big_orders_2` on `big_orders`.`order_id` < `big_orders_2`.`order_id`
