select
  `w`.`number` as `value_1`,
  floor(`w`.`price`) as `value_2`,
  floor(`w`.`ratio`) as `value_3`,
  `w`.`big` as `value_4`
from `raw`.`wide` as `w`
