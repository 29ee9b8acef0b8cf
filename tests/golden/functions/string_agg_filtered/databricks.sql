select
  `w`.`day`,
  listagg(`w`.`name`, ', ') within group (order by `w`.`id` desc, `w`.`name` nulls last) filter (where `w`.`number` > 0) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
