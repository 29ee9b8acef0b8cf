merge into `mart`.`totals` as `t`
using `mart`.`totals__staged` as `s` on `t`.`customer` is not distinct from `s`.`customer`
when matched and `t`.`total` is distinct from `s`.`total` then
  update set
    `orders` = `s`.`orders`,
    `total` = `s`.`total`
when not matched then
  insert (`customer`, `orders`, `total`)
  values (`s`.`customer`, `s`.`orders`, `s`.`total`)
