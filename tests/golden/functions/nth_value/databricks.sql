select
  nth_value(`w`.`name`, 2) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_1`,
  nth_value(`w`.`number`, 2) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_2`,
  nth_value(`w`.`moment`, 2) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_3`,
  nth_value(`w`.`flag`, 2) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_4`
from `raw`.`wide` as `w`
