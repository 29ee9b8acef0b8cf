select
  `w`.`day`,
  max(`w`.`name`) as `value_1`,
  max(`w`.`number`) as `value_2`,
  max(`w`.`moment`) as `value_3`
from `raw`.`wide` as `w`
group by `w`.`day`
