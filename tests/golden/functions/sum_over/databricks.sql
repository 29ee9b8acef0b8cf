select
  sum(`w`.`number`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_1`,
  sum(`w`.`price`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_2`,
  sum(`w`.`ratio`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_3`,
  sum(cast(`w`.`big` as decimal(38, 0))) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_4`
from `raw`.`wide` as `w`
