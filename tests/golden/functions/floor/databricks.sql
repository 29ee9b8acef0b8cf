select
  `w`.`number` as `value_1`,
  cast(floor(`w`.`price`) as decimal(11, 0)) as `value_2`,
  case when abs(`w`.`ratio`) < 4503599627370496D then cast(floor(`w`.`ratio`) as double) else `w`.`ratio` end as `value_3`,
  `w`.`big` as `value_4`
from `raw`.`wide` as `w`
