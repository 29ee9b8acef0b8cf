with `orders_distinct` as (
  select distinct `orders`.`customer`
  from `raw`.`orders` as `orders`
)
select `orders`.`customer`
from `orders_distinct` as `orders`
order by `orders`.`customer` desc nulls first
limit 5
