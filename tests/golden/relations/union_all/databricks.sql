select `orders`.`customer`
from `raw`.`orders` as `orders`
union all
select `customers`.`customer`
from `raw`.`customers` as `customers`
