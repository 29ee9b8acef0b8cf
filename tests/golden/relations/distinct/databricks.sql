select distinct `orders`.`customer`, `orders`.`placed_on`
from `raw`.`orders` as `orders`
