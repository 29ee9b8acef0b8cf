select instr(`w`.`name`, `w`.`other_name`) as `value_1`
from `raw`.`wide` as `w`
