select
  `w`.`day`,
  cast(sum(`w`.`number`) as decimal(38, 16)) / cast(count(`w`.`number`) as decimal(20, 0)) as `value_1`,
  cast(sum(`w`.`price`) as decimal(38, 16)) / cast(count(`w`.`price`) as decimal(20, 0)) as `value_2`,
  cast(sum(`w`.`ratio`) as double) / count(`w`.`ratio`) as `value_3`,
  cast(sum(cast(`w`.`big` as decimal(38, 0))) as decimal(38, 16)) / cast(count(`w`.`big`) as decimal(20, 0)) as `value_4`
from `raw`.`wide` as `w`
group by `w`.`day`
