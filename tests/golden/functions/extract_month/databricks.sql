select
  extract(month from `w`.`day`) as `value_1`,
  extract(month from `w`.`moment`) as `value_2`,
  extract(month from `w`.`instant`) as `value_3`
from `raw`.`wide` as `w`
