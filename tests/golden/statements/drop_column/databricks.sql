alter table `mart`.`totals` drop column `orders`
