select
  `w`.`day`,
  min(`w`.`name`) as `value_1`,
  min(`w`.`number`) as `value_2`,
  min(`w`.`moment`) as `value_3`,
  bool_and(`w`.`flag`) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
