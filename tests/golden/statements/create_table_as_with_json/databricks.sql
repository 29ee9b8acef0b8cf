create table `mart`.`totals`
tblproperties ('delta.columnMapping.mode' = 'name', 'delta.enableTypeWidening' = 'true')
as
select `w`.`id`, `w`.`document`
from `raw`.`wide` as `w`
