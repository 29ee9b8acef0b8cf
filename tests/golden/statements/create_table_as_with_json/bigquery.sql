create table `mart`.`totals` as
select `w`.`id`, `w`.`document`
from `raw`.`wide` as `w`
