merge into `mart`.`totals` as `t`
using (
  select `orders`.`customer`, count(*) as `orders`, sum(`orders`.`amount`) as `total`
  from `raw`.`orders` as `orders`
  group by `orders`.`customer`
) as `s` on false
when not matched then
  insert (`customer`, `orders`, `total`)
  values (`s`.`customer`, `s`.`orders`, `s`.`total`)
