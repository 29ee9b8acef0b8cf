select `orders`.`customer`
from `raw`.`orders` as `orders`
except distinct
select `customers`.`customer`
from `raw`.`customers` as `customers`
