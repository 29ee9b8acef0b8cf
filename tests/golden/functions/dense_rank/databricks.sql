select cast(dense_rank() over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as bigint) as `value_1`
from `raw`.`wide` as `w`
