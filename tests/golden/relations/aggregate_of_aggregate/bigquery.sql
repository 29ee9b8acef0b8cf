with `orders_grouped` as (
  select `orders_2`.`customer`, count(*) as `orders`, sum(`orders_2`.`amount`) as `total`
  from `raw`.`orders` as `orders_2`
  group by `orders_2`.`customer`
)
select `orders_2`.`orders`, count(*) as `customers`
from `orders_grouped` as `orders_2`
group by `orders_2`.`orders`
