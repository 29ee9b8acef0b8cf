select
  first_value(`w`.`name`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_1`,
  first_value(`w`.`number`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_2`,
  first_value(`w`.`moment`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_3`,
  first_value(`w`.`flag`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_4`
from `raw`.`wide` as `w`
