select reverse(`w`.`name`) as `value_1`
from `raw`.`wide` as `w`
