select `orders`.`customer`, count(*) as `orders`, sum(`orders`.`amount`) as `total`
from `raw`.`orders` as `orders`
group by `orders`.`customer`
