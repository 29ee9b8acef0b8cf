select count(*) as `orders`, sum(cast(`orders_2`.`amount` as bignumeric)) as `total`
from `raw`.`orders` as `orders_2`
