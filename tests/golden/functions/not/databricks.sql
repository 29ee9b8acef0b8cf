select not `w`.`flag` as `value_1`
from `raw`.`wide` as `w`
