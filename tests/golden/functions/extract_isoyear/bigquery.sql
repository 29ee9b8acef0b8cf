select
  extract(isoyear from `w`.`day`) as `value_1`,
  extract(isoyear from `w`.`moment`) as `value_2`,
  extract(isoyear from `w`.`instant`) as `value_3`
from `raw`.`wide` as `w`
