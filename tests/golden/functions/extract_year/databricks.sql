select
  extract(year from `w`.`day`) as `value_1`,
  extract(year from `w`.`moment`) as `value_2`,
  extract(year from `w`.`instant`) as `value_3`
from `raw`.`wide` as `w`
