insert into `mart`.`totals` (`customer`, `orders`, `total`)
select `totals__staged`.`customer`, `totals__staged`.`orders`, `totals__staged`.`total`
from `mart`.`totals__staged` as `totals__staged`
