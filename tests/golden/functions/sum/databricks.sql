select
  `w`.`day`,
  sum(`w`.`number`) as `value_1`,
  sum(`w`.`price`) as `value_2`,
  sum(`w`.`ratio`) as `value_3`,
  sum(cast(`w`.`big` as decimal(38, 0))) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
