with `orders_computed` as (
  select
    `orders`.`order_id`,
    `orders`.`customer`,
    `orders`.`placed_on`,
    `orders`.`amount`,
    1 as `one`
  from `raw`.`orders` as `orders`
)
select `orders`.`one`, count(*) as `orders`
from `orders_computed` as `orders`
group by `orders`.`one`
