select
  `orders`.`order_id`,
  `orders`.`customer`,
  `orders`.`placed_on`,
  `orders`.`amount`,
  `customers`.`customer` as `customer_2`,
  `customers`.`state`
from `raw`.`orders` as `orders`
cross join `raw`.`customers` as `customers`
