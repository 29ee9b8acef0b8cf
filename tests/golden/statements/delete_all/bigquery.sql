delete from `mart`.`totals` where true
