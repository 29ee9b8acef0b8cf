select
  weekday(`w`.`day`) + 1 as `value_1`,
  weekday(`w`.`moment`) + 1 as `value_2`,
  weekday(`w`.`instant`) + 1 as `value_3`
from `raw`.`wide` as `w`
