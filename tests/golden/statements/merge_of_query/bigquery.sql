merge into `mart`.`totals` as `t`
using (
  select `orders_2`.`customer`, count(*) as `orders`, sum(`orders_2`.`amount`) as `total`
  from `raw`.`orders` as `orders_2`
  group by `orders_2`.`customer`
) as `s` on false
when not matched then
  insert (`customer`, `orders`, `total`)
  values (`s`.`customer`, `s`.`orders`, `s`.`total`)
