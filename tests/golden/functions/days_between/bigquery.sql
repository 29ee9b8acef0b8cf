select date_diff(`w`.`day`, `w`.`other_day`, day) as `value_1`
from `raw`.`wide` as `w`
