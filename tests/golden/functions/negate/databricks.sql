select
  -`w`.`number` as `value_1`,
  -`w`.`price` as `value_2`,
  -`w`.`ratio` as `value_3`,
  -`w`.`big` as `value_4`
from `raw`.`wide` as `w`
