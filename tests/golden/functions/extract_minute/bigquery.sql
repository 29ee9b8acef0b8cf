select
  extract(minute from `w`.`moment`) as `value_1`,
  extract(minute from `w`.`instant`) as `value_2`,
  extract(minute from `w`.`clock`) as `value_3`
from `raw`.`wide` as `w`
