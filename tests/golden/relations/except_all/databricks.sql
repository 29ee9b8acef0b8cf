select `orders`.`customer`
from `raw`.`orders` as `orders`
except all
select `customers`.`customer`
from `raw`.`customers` as `customers`
