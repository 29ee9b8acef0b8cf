delete from `mart`.`totals` as `t`
where `t`.`orders` < 1
