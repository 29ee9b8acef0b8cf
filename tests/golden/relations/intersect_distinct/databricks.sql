select `orders`.`customer`
from `raw`.`orders` as `orders`
intersect
select `customers`.`customer`
from `raw`.`customers` as `customers`
