select make_date(`w`.`number`, `w`.`other_number`, `w`.`number`) as `value_1`
from `raw`.`wide` as `w`
