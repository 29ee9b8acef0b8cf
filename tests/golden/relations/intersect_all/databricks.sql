select `orders`.`customer`
from `raw`.`orders` as `orders`
intersect all
select `customers`.`customer`
from `raw`.`customers` as `customers`
