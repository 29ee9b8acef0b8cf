select `orders`.`amount`, 1 as `k`, 'x' as `t`, `orders`.`order_id` as `id`
from `raw`.`orders` as `orders`
limit 10
