select
  `w`.`day`,
  approx_count_distinct(case when `w`.`number` > 0 then `w`.`name` end) as `value_1`,
  approx_count_distinct(case when `w`.`number` > 0 then `w`.`number` end) as `value_2`,
  approx_count_distinct(case when `w`.`number` > 0 then `w`.`moment` end) as `value_3`,
  approx_count_distinct(case when `w`.`number` > 0 then `w`.`flag` end) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
