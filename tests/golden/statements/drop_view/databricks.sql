drop view if exists `mart`.`totals`
