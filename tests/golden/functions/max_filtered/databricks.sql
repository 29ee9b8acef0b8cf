select
  `w`.`day`,
  max(`w`.`name`) filter (where `w`.`number` > 0) as `value_1`,
  max(`w`.`number`) filter (where `w`.`number` > 0) as `value_2`,
  max(`w`.`moment`) filter (where `w`.`number` > 0) as `value_3`
from `raw`.`wide` as `w`
group by `w`.`day`
