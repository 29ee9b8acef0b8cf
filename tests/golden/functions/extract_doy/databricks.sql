select
  extract(doy from `w`.`day`) as `value_1`,
  extract(doy from `w`.`moment`) as `value_2`,
  extract(doy from `w`.`instant`) as `value_3`
from `raw`.`wide` as `w`
