select
  `w`.`name` <> `w`.`other_name` as `value_1`,
  `w`.`number` <> `w`.`other_number` as `value_2`,
  `w`.`moment` <> `w`.`other_moment` as `value_3`,
  `w`.`flag` <> `w`.`other_flag` as `value_4`
from `raw`.`wide` as `w`
