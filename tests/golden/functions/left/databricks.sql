select substr(`w`.`name`, 1, case when `w`.`other_number` < 0 then greatest(length(`w`.`name`) + `w`.`other_number`, 0) else `w`.`other_number` end) as `value_1`
from `raw`.`wide` as `w`
