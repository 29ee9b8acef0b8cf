select `orders`.`amount`, 1 as `k`, 'x' as `t`, `orders`.`order_id` as `id`
from `raw`.`orders` as `orders`
order by `orders`.`order_id`
limit 10
