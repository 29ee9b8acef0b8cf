select `w`.`flag` or `w`.`other_flag` as `value_1`
from `raw`.`wide` as `w`
