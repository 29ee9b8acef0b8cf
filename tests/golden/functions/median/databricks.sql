select `w`.`day`, percentile_cont(0.5) within group (order by `w`.`ratio`) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
