select
  `w`.`day`,
  min(`w`.`name`) filter (where `w`.`number` > 0) as `value_1`,
  min(`w`.`number`) filter (where `w`.`number` > 0) as `value_2`,
  min(`w`.`moment`) filter (where `w`.`number` > 0) as `value_3`,
  bool_and(`w`.`flag`) filter (where `w`.`number` > 0) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
