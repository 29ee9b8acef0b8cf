select cast(`orders`.`placed_on` as timestamp_ntz) + interval '1' month * (`orders`.`order_id` + 1) + interval '-2' day * (`orders`.`order_id` + 1) + interval '3.500000' second * (`orders`.`order_id` + 1) as `later`
from `raw`.`orders` as `orders`
