select substr(`w`.`name`, case when `w`.`other_number` < 0 then 1 - `w`.`other_number` else greatest(length(`w`.`name`) - `w`.`other_number`, 0) + 1 end) as `value_1`
from `raw`.`wide` as `w`
