select `w`.`flag` is true as `value_1`
from `raw`.`wide` as `w`
