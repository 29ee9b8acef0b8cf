select
  extract(dayofweek from `w`.`day`) - 1 as `value_1`,
  extract(dayofweek from `w`.`moment`) - 1 as `value_2`,
  extract(dayofweek from `w`.`instant`) - 1 as `value_3`
from `raw`.`wide` as `w`
