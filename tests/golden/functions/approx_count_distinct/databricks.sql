select
  `w`.`day`,
  approx_count_distinct(`w`.`name`) as `value_1`,
  approx_count_distinct(`w`.`number`) as `value_2`,
  approx_count_distinct(`w`.`moment`) as `value_3`,
  approx_count_distinct(`w`.`flag`) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
