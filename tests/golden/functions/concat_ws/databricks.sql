select concat_ws(`w`.`name`, `w`.`other_name`, `w`.`other_name`) as `value_1`
from `raw`.`wide` as `w`
