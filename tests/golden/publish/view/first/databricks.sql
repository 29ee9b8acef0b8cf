-- publish, may be repeated
create or replace view `mart`.`totals` as
select `totals`.`customer`, `totals`.`day`, `totals`.`total`
from `raw`.`totals` as `totals`;
