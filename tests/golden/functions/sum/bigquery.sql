select
  `w`.`day`,
  sum(`w`.`number`) as `value_1`,
  sum(cast(`w`.`price` as bignumeric)) as `value_2`,
  sum(`w`.`ratio`) as `value_3`,
  sum(cast(`w`.`big` as bignumeric)) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
