select
  cast(trunc(cast(`orders`.`placed_on` as timestamp_ntz), 'month') as timestamp_ntz) as `month`,
  sum(`orders`.`amount`) as `total`
from `raw`.`orders` as `orders`
group by cast(trunc(cast(`orders`.`placed_on` as timestamp_ntz), 'month') as timestamp_ntz)
having sum(`orders`.`amount`) > 0
order by cast(trunc(cast(`orders`.`placed_on` as timestamp_ntz), 'month') as timestamp_ntz) nulls last
