select
  `w`.`name` is null as `value_1`,
  `w`.`number` is null as `value_2`,
  `w`.`moment` is null as `value_3`,
  `w`.`flag` is null as `value_4`
from `raw`.`wide` as `w`
