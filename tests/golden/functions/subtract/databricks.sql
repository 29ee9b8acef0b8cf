select
  `w`.`number` - `w`.`other_number` as `value_1`,
  `w`.`price` - `w`.`rate` as `value_2`,
  `w`.`ratio` - `w`.`other_ratio` as `value_3`,
  `w`.`big` - `w`.`big` as `value_4`
from `raw`.`wide` as `w`
