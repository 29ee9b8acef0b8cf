select
  lpad(`w`.`name`, case when `w`.`other_number` < 0 then 0 else `w`.`other_number` end, ' ') as `value_1`,
  lpad(`w`.`name`, case when `w`.`other_number` < 0 then 0 else `w`.`other_number` end, '0') as `value_2`
from `raw`.`wide` as `w`
