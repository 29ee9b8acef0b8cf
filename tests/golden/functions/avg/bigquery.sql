select
  `w`.`day`,
  cast(sum(`w`.`number`) as float64) / count(`w`.`number`) as `value_1`,
  cast(sum(`w`.`price`) as float64) / count(`w`.`price`) as `value_2`,
  cast(sum(`w`.`ratio`) as float64) / count(`w`.`ratio`) as `value_3`,
  cast(sum(cast(`w`.`big` as bignumeric)) as float64) / count(`w`.`big`) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
