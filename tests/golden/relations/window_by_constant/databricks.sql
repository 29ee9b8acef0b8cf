select
  `orders`.`amount`,
  1 as `k`,
  'x' as `t`,
  `orders`.`order_id` as `id`,
  cast(rank() over (order by null) as bigint) as `place`,
  count(`orders`.`amount`) over () as `running`,
  count(`orders`.`amount`) over (order by null rows between 1 preceding and current row) as `trailing`,
  cast(rank() over (order by `orders`.`order_id` desc) as bigint) as `place_by_id`,
  count(`orders`.`amount`) over (order by `orders`.`order_id` desc range between unbounded preceding and current row) as `running_by_id`,
  count(`orders`.`amount`) over (order by `orders`.`order_id` desc rows between 1 preceding and current row) as `trailing_by_id`
from `raw`.`orders` as `orders`
