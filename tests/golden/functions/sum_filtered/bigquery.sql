select
  `w`.`day`,
  sum(case when `w`.`number` > 0 then `w`.`number` end) as `value_1`,
  sum(case when `w`.`number` > 0 then `w`.`price` end) as `value_2`,
  sum(case when `w`.`number` > 0 then `w`.`ratio` end) as `value_3`,
  sum(case when `w`.`number` > 0 then cast(`w`.`big` as numeric) end) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
