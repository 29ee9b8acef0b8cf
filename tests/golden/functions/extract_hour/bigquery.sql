select
  extract(hour from `w`.`moment`) as `value_1`,
  extract(hour from `w`.`instant`) as `value_2`,
  extract(hour from `w`.`clock`) as `value_3`
from `raw`.`wide` as `w`
