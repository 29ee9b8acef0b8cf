select `orders`.`order_id`, `orders`.`amount`
from `raw`.`orders` as `orders`
