select
  `orders`.`customer`,
  count(*) as `orders`,
  sum(cast(`orders`.`amount` as bignumeric)) as `total`
from `raw`.`orders` as `orders`
group by `orders`.`customer`
