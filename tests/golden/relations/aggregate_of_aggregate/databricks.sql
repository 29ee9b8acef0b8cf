with `orders_grouped` as (
  select `orders`.`customer`, count(*) as `orders`, sum(`orders`.`amount`) as `total`
  from `raw`.`orders` as `orders`
  group by `orders`.`customer`
)
select `orders`.`orders`, count(*) as `customers`
from `orders_grouped` as `orders`
group by `orders`.`orders`
