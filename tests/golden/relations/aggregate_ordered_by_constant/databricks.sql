select `orders`.`amount`, listagg('x', ',') within group (order by 'x') as `joined`
from `raw`.`orders` as `orders`
group by `orders`.`amount`
