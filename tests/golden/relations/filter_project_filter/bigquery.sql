select
  `orders`.`order_id`,
  '#' || format('%.4f', `orders`.`amount` * numeric '1.19') as `label`,
  round(`orders`.`amount` * numeric '1.19', 1) as `rounded`
from `raw`.`orders` as `orders`
where round(`orders`.`amount` * numeric '1.19', 1) is not null
