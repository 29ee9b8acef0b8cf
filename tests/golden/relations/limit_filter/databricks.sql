with `orders_limited` as (
  select `orders`.`order_id`, `orders`.`customer`, `orders`.`placed_on`, `orders`.`amount`
  from `raw`.`orders` as `orders`
  order by `orders`.`order_id`
  limit 10
)
select `orders`.`order_id`, `orders`.`customer`, `orders`.`placed_on`, `orders`.`amount`
from `orders_limited` as `orders`
where `orders`.`customer` is not null
