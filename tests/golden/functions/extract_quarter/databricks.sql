select
  extract(quarter from `w`.`day`) as `value_1`,
  extract(quarter from `w`.`moment`) as `value_2`,
  extract(quarter from `w`.`instant`) as `value_3`
from `raw`.`wide` as `w`
