select `orders`.`customer`
from `raw`.`orders` as `orders`
union
select `customers`.`customer`
from `raw`.`customers` as `customers`
