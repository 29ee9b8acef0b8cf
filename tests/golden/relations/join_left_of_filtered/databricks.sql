with `customers_filtered` as (
  select `customers`.`customer`, `customers`.`state`
  from `raw`.`customers` as `customers`
  where `customers`.`state` is not null
)
select
  `orders`.`order_id`,
  `orders`.`customer`,
  `orders`.`placed_on`,
  `orders`.`amount`,
  `customers`.`customer` as `customer_2`,
  `customers`.`state`
from `raw`.`orders` as `orders`
left join `customers_filtered` as `customers` on `orders`.`customer` = `customers`.`customer`
