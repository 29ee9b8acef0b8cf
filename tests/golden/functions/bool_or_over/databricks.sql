select bool_or(`w`.`flag`) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id` rows between unbounded preceding and current row) as `value_1`
from `raw`.`wide` as `w`
