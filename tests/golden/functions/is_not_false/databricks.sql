select `w`.`flag` is not false as `value_1`
from `raw`.`wide` as `w`
