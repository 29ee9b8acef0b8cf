alter table `mart`.`totals__staged` rename to `mart`.`totals`
