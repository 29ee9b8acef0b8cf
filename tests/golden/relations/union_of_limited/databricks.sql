(
  select `orders`.`customer`
  from `raw`.`orders` as `orders`
  order by `orders`.`customer` nulls last
  limit 3
)
union all
select `customers`.`customer`
from `raw`.`customers` as `customers`
