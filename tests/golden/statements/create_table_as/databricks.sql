create table `mart`.`totals`
tblproperties ('delta.columnMapping.mode' = 'name', 'delta.enableTypeWidening' = 'true')
as
with `orders_windowed` as (
  select
    `orders`.`customer`,
    count(*) as `orders`,
    sum(`orders`.`amount`) as `total`,
    cast(row_number() over (order by sum(`orders`.`amount`) desc nulls last, `orders`.`customer` nulls last) as bigint) as `place`
  from `raw`.`orders` as `orders`
  where `orders`.`amount` > 100
  group by `orders`.`customer`
)
select
  `orders`.`customer`,
  `orders`.`orders`,
  cast(`orders`.`total` as decimal(38, 2)) as `total`,
  `orders`.`place`
from `orders_windowed` as `orders`
where `orders`.`place` <= 3
