delete from `mart`.`totals`
