select
  extract(isoweek from `w`.`day`) as `value_1`,
  extract(isoweek from `w`.`moment`) as `value_2`,
  extract(isoweek from `w`.`instant`) as `value_3`
from `raw`.`wide` as `w`
