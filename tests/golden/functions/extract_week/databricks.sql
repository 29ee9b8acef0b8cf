select
  extract(week from `w`.`day`) as `value_1`,
  extract(week from `w`.`moment`) as `value_2`,
  extract(week from `w`.`instant`) as `value_3`
from `raw`.`wide` as `w`
