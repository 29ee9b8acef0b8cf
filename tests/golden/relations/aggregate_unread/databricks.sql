with `orders_grouped` as (
  select count(*) as `orders`
  from `raw`.`orders` as `orders`
)
select 1 as `one`
from `orders_grouped` as `orders`
