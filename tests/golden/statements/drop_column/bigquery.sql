alter table `mart`.`totals` drop column if exists `orders`
