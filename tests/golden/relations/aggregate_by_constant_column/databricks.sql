with `orders_computed` as (
  select
    `orders`.`amount`,
    1 as `k`,
    'x' as `t`,
    `orders`.`order_id` as `id`,
    1 as `k_2`,
    'x' as `t_2`
  from `raw`.`orders` as `orders`
)
select `orders`.`k_2` as `k`, `orders`.`t_2` as `t`, count(*) as `orders`
from `orders_computed` as `orders`
group by `orders`.`k_2`, `orders`.`t_2`
