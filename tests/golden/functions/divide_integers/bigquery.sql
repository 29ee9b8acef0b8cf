select div(`w`.`number`, `w`.`other_number`) as `value_1`, div(`w`.`big`, `w`.`big`) as `value_2`
from `raw`.`wide` as `w`
