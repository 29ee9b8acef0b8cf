select date_add(`w`.`day`, `w`.`other_number`) as `value_1`
from `raw`.`wide` as `w`
