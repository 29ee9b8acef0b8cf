select
  min(`w`.`name`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_1`,
  min(`w`.`number`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_2`,
  min(`w`.`moment`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_3`,
  bool_and(`w`.`flag`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_4`
from `raw`.`wide` as `w`
