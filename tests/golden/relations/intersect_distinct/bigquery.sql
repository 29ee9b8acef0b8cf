select `orders`.`customer`
from `raw`.`orders` as `orders`
intersect distinct
select `customers`.`customer`
from `raw`.`customers` as `customers`
