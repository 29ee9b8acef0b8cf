select
  `w`.`name` is not null as `value_1`,
  `w`.`number` is not null as `value_2`,
  `w`.`moment` is not null as `value_3`,
  `w`.`flag` is not null as `value_4`
from `raw`.`wide` as `w`
