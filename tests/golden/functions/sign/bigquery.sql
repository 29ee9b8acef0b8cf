select
  cast(sign(`w`.`number`) as int64) as `value_1`,
  cast(sign(`w`.`price`) as numeric) as `value_2`,
  cast(sign(`w`.`ratio`) as float64) as `value_3`,
  cast(sign(`w`.`big`) as int64) as `value_4`
from `raw`.`wide` as `w`
