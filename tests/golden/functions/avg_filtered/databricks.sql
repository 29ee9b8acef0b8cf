select
  `w`.`day`,
  cast(sum(`w`.`number`) filter (where `w`.`number` > 0) as decimal(38, 16)) / cast(count(`w`.`number`) filter (where `w`.`number` > 0) as decimal(20, 0)) as `value_1`,
  cast(sum(`w`.`price`) filter (where `w`.`number` > 0) as decimal(38, 16)) / cast(count(`w`.`price`) filter (where `w`.`number` > 0) as decimal(20, 0)) as `value_2`,
  cast(sum(`w`.`ratio`) filter (where `w`.`number` > 0) as double) / count(`w`.`ratio`) filter (where `w`.`number` > 0) as `value_3`,
  cast(sum(cast(`w`.`big` as decimal(38, 0))) filter (where `w`.`number` > 0) as decimal(38, 16)) / cast(count(`w`.`big`) filter (where `w`.`number` > 0) as decimal(20, 0)) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
