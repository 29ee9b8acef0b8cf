select
  `w`.`name` is distinct from `w`.`other_name` as `value_1`,
  `w`.`number` is distinct from `w`.`other_number` as `value_2`,
  `w`.`moment` is distinct from `w`.`other_moment` as `value_3`,
  `w`.`flag` is distinct from `w`.`other_flag` as `value_4`
from `raw`.`wide` as `w`
