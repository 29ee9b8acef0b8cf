select date_add(`w`.`day`, interval `w`.`other_number` day) as `value_1`
from `raw`.`wide` as `w`
