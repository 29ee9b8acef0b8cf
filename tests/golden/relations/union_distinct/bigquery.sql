select `orders`.`customer`
from `raw`.`orders` as `orders`
union distinct
select `customers`.`customer`
from `raw`.`customers` as `customers`
