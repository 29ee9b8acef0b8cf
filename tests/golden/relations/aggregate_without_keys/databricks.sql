select count(*) as `orders`, sum(`orders`.`amount`) as `total`
from `raw`.`orders` as `orders`
