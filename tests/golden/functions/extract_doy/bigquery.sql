select
  extract(dayofyear from `w`.`day`) as `value_1`,
  extract(dayofyear from `w`.`moment`) as `value_2`,
  extract(dayofyear from `w`.`instant`) as `value_3`
from `raw`.`wide` as `w`
