select `orders`.`order_id`, `orders`.`customer`, `orders`.`placed_on`, `orders`.`amount`
from `raw`.`orders` as `orders`
where not exists (
    select 1
    from `raw`.`customers` as `customers`
    where `customers`.`state` is not null
      and `orders`.`customer` = `customers`.`customer`
  )
