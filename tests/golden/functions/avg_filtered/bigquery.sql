select
  `w`.`day`,
  round(cast(sum(case when `w`.`number` > 0 then `w`.`number` end) as bignumeric) / count(case when `w`.`number` > 0 then `w`.`number` end), 16) as `value_1`,
  round(cast(sum(case when `w`.`number` > 0 then `w`.`price` end) as bignumeric) / count(case when `w`.`number` > 0 then `w`.`price` end), 16) as `value_2`,
  cast(sum(case when `w`.`number` > 0 then `w`.`ratio` end) as float64) / count(case when `w`.`number` > 0 then `w`.`ratio` end) as `value_3`,
  round(cast(sum(case when `w`.`number` > 0 then cast(`w`.`big` as numeric) end) as bignumeric) / count(case when `w`.`number` > 0 then `w`.`big` end), 16) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
