alter table `mart`.`totals` alter column `orders` type bigint
