select
  cast(sign(`w`.`number`) as int) as `value_1`,
  cast(sign(`w`.`price`) as decimal(12, 2)) as `value_2`,
  cast(sign(`w`.`ratio`) as double) as `value_3`,
  cast(sign(`w`.`big`) as bigint) as `value_4`
from `raw`.`wide` as `w`
