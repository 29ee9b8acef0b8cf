select `w`.`day`, percentile_cont(0.25D) within group (order by `w`.`other_ratio`) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
