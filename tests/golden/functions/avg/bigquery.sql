select
  `w`.`day`,
  round(cast(sum(`w`.`number`) as bignumeric) / count(`w`.`number`), 16) as `value_1`,
  round(cast(sum(`w`.`price`) as bignumeric) / count(`w`.`price`), 16) as `value_2`,
  cast(sum(`w`.`ratio`) as float64) / count(`w`.`ratio`) as `value_3`,
  round(cast(sum(cast(`w`.`big` as numeric)) as bignumeric) / count(`w`.`big`), 16) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
