select
  `w`.`day`,
  count(`w`.`name`) filter (where `w`.`number` > 0) as `value_1`,
  count(`w`.`number`) filter (where `w`.`number` > 0) as `value_2`,
  count(`w`.`moment`) filter (where `w`.`number` > 0) as `value_3`,
  count(`w`.`flag`) filter (where `w`.`number` > 0) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
