select
  `orders`.`order_id`,
  `orders`.`customer`,
  `orders`.`placed_on`,
  `orders`.`amount`,
  `customers`.`customer` as `customer_2`,
  `customers`.`state`
from `raw`.`orders` as `orders`
join `raw`.`customers` as `customers` on `orders`.`customer` = `customers`.`customer`
where `orders`.`amount` > 100
