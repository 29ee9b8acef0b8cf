select dense_rank() over (partition by `w`.`day` order by case when `w`.`moment` is null then 0 else 1 end, `w`.`moment` desc, `w`.`id`) as `value_1`
from `raw`.`wide` as `w`
