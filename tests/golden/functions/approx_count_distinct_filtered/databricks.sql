select
  `w`.`day`,
  approx_count_distinct(`w`.`name`) filter (where `w`.`number` > 0) as `value_1`,
  approx_count_distinct(`w`.`number`) filter (where `w`.`number` > 0) as `value_2`,
  approx_count_distinct(`w`.`moment`) filter (where `w`.`number` > 0) as `value_3`,
  approx_count_distinct(`w`.`flag`) filter (where `w`.`number` > 0) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
