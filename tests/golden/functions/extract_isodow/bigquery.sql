select
  mod(extract(dayofweek from `w`.`day`) + 5, 7) + 1 as `value_1`,
  mod(extract(dayofweek from `w`.`moment`) + 5, 7) + 1 as `value_2`,
  mod(extract(dayofweek from `w`.`instant`) + 5, 7) + 1 as `value_3`
from `raw`.`wide` as `w`
