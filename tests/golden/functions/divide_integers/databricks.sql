select
  cast(`w`.`number` div `w`.`other_number` as int) as `value_1`,
  `w`.`big` div `w`.`big` as `value_2`
from `raw`.`wide` as `w`
