select
  extract(day from `w`.`day`) as `value_1`,
  extract(day from `w`.`moment`) as `value_2`,
  extract(day from `w`.`instant`) as `value_3`
from `raw`.`wide` as `w`
