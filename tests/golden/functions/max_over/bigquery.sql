select
  max(`w`.`name`) over (partition by `w`.`day` order by case when `w`.`moment` is null then 0 else 1 end, `w`.`moment` desc, `w`.`id` rows between unbounded preceding and current row) as `value_1`,
  max(`w`.`number`) over (partition by `w`.`day` order by case when `w`.`moment` is null then 0 else 1 end, `w`.`moment` desc, `w`.`id` rows between unbounded preceding and current row) as `value_2`,
  max(`w`.`moment`) over (partition by `w`.`day` order by case when `w`.`moment` is null then 0 else 1 end, `w`.`moment` desc, `w`.`id` rows between unbounded preceding and current row) as `value_3`
from `raw`.`wide` as `w`
