select `orders`.`customer`
from `raw`.`orders` as `orders`
except
select `customers`.`customer`
from `raw`.`customers` as `customers`
