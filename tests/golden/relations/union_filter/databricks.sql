with `combined` as (
  select `orders`.`customer`
  from `raw`.`orders` as `orders`
  union all
  select `customers`.`customer`
  from `raw`.`customers` as `customers`
)
select `combined`.`customer`
from `combined`
where `combined`.`customer` is not null
