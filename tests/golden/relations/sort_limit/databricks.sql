select `orders`.`order_id`, `orders`.`customer`, `orders`.`placed_on`, `orders`.`amount`
from `raw`.`orders` as `orders`
order by `orders`.`amount` desc nulls last, `orders`.`order_id`
limit 10
