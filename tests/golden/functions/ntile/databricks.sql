select ntile(4) over (partition by `w`.`day` order by `w`.`moment` desc nulls first, `w`.`id`) as `value_1`
from `raw`.`wide` as `w`
