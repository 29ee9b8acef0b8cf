with `orders_computed` as (
  select
    `orders`.`order_id`,
    `orders`.`customer`,
    `orders`.`placed_on`,
    `orders`.`amount`,
    datetime_trunc(cast(`orders`.`placed_on` as datetime), month) as `month`
  from `raw`.`orders` as `orders`
)
select `orders`.`month`, sum(`orders`.`amount`) as `total`
from `orders_computed` as `orders`
group by `orders`.`month`
having sum(`orders`.`amount`) > 0
order by `orders`.`month` nulls last
