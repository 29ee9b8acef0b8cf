select datediff(`w`.`day`, `w`.`other_day`) as `value_1`
from `raw`.`wide` as `w`
