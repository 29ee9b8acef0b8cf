select
  `orders`.`placed_on`,
  sum(`orders`.`amount`) filter (where `customers`.`state` = 'CA') as `total_CA`,
  sum(`orders`.`amount`) filter (where `customers`.`state` = 'NY') as `total_NY`,
  sum(`orders`.`amount`) filter (where `customers`.`state` = 'TX') as `total_TX`
from `raw`.`orders` as `orders`
left join `raw`.`customers` as `customers` on `orders`.`customer` = `customers`.`customer`
group by `orders`.`placed_on`
