select exp(`w`.`ratio`) as `value_1`
from `raw`.`wide` as `w`
