select `w`.`flag` is false as `value_1`
from `raw`.`wide` as `w`
