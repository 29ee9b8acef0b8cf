alter table `mart`.`totals` add column `note` string
