select `orders`.`order_id`, `orders`.`customer`, `orders`.`placed_on`, `orders`.`amount`
from `raw`.`orders` as `orders`
where `orders`.`amount` > 100
