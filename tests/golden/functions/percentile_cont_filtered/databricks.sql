select
  `w`.`day`,
  percentile_cont(0.25D) within group (order by `w`.`other_ratio`) filter (where `w`.`number` > 0) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
