select repeat(`w`.`name`, `w`.`other_number`) as `value_1`
from `raw`.`wide` as `w`
