select
  substr(`w`.`name`, case when `w`.`other_number` < 1 then 1 else `w`.`other_number` end) as `value_1`,
  substr(`w`.`name`, case when `w`.`other_number` < 1 then 1 else `w`.`other_number` end, case when `w`.`number` < 0 then raise_error('negative substring length not allowed') when `w`.`other_number` < 1 and `w`.`number` + `w`.`other_number` < 1 then 0 when `w`.`other_number` < 1 then `w`.`number` + `w`.`other_number` - 1 else `w`.`number` end) as `value_2`
from `raw`.`wide` as `w`
