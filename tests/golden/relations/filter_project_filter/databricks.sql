select
  `orders`.`order_id`,
  '#' || cast(`orders`.`amount` * 1.19 as string) as `label`,
  cast(round(`orders`.`amount` * 1.19, 1) as decimal(13, 1)) as `rounded`
from `raw`.`orders` as `orders`
where cast(round(`orders`.`amount` * 1.19, 1) as decimal(13, 1)) is not null
