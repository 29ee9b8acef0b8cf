select count(*) as `orders`, sum(`orders_2`.`amount`) as `total`
from `raw`.`orders` as `orders_2`
