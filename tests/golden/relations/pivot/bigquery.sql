select
  `orders`.`placed_on`,
  sum(case when `customers`.`state` = 'CA' then `orders`.`amount` end) as `total_CA`,
  sum(case when `customers`.`state` = 'NY' then `orders`.`amount` end) as `total_NY`,
  sum(case when `customers`.`state` = 'TX' then `orders`.`amount` end) as `total_TX`
from `raw`.`orders` as `orders`
left join `raw`.`customers` as `customers` on `orders`.`customer` = `customers`.`customer`
group by `orders`.`placed_on`
