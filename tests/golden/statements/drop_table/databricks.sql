drop table if exists `mart`.`totals`
