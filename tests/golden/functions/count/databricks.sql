select
  `w`.`day`,
  count(`w`.`name`) as `value_1`,
  count(`w`.`number`) as `value_2`,
  count(`w`.`moment`) as `value_3`,
  count(`w`.`flag`) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
