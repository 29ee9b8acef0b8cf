select
  `w`.`day`,
  sum(`w`.`number`) filter (where `w`.`number` > 0) as `value_1`,
  sum(`w`.`price`) filter (where `w`.`number` > 0) as `value_2`,
  sum(`w`.`ratio`) filter (where `w`.`number` > 0) as `value_3`,
  sum(cast(`w`.`big` as decimal(38, 0))) filter (where `w`.`number` > 0) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
