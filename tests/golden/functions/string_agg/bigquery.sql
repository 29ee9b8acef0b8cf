select
  `w`.`day`,
  string_agg(`w`.`name`, ', ' order by `w`.`id` desc, case when `w`.`name` is null then 1 else 0 end, `w`.`name`) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
