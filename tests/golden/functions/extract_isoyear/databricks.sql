select
  extract(yearofweek from `w`.`day`) as `value_1`,
  extract(yearofweek from `w`.`moment`) as `value_2`,
  extract(yearofweek from `w`.`instant`) as `value_3`
from `raw`.`wide` as `w`
