select `orders`.`amount`, string_agg('x', ',') as `joined`
from `raw`.`orders` as `orders`
group by `orders`.`amount`
