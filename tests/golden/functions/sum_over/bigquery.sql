select
  sum(`w`.`number`) over (partition by `w`.`day` order by case when `w`.`moment` is null then 0 else 1 end, `w`.`moment` desc, `w`.`id` rows between unbounded preceding and current row) as `value_1`,
  sum(`w`.`price`) over (partition by `w`.`day` order by case when `w`.`moment` is null then 0 else 1 end, `w`.`moment` desc, `w`.`id` rows between unbounded preceding and current row) as `value_2`,
  sum(`w`.`ratio`) over (partition by `w`.`day` order by case when `w`.`moment` is null then 0 else 1 end, `w`.`moment` desc, `w`.`id` rows between unbounded preceding and current row) as `value_3`,
  sum(cast(`w`.`big` as numeric)) over (partition by `w`.`day` order by case when `w`.`moment` is null then 0 else 1 end, `w`.`moment` desc, `w`.`id` rows between unbounded preceding and current row) as `value_4`
from `raw`.`wide` as `w`
