select datetime_add(datetime_add(datetime_add(cast(`orders`.`placed_on` as datetime), interval `orders`.`order_id` + 1 month), interval -2 * (`orders`.`order_id` + 1) day), interval 3500000 * (`orders`.`order_id` + 1) microsecond) as `later`
from `raw`.`orders` as `orders`
