select `w`.`flag` is not true as `value_1`
from `raw`.`wide` as `w`
