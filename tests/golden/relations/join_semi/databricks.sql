select `orders`.`order_id`, `orders`.`customer`, `orders`.`placed_on`, `orders`.`amount`
from `raw`.`orders` as `orders`
where exists (
    select 1
    from `raw`.`customers` as `customers`
    where `orders`.`customer` = `customers`.`customer`
  )
