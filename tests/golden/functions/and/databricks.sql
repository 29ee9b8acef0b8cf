select `w`.`flag` and `w`.`other_flag` as `value_1`
from `raw`.`wide` as `w`
