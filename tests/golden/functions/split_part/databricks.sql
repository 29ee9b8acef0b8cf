select split_part(`w`.`name`, ',', 2) as `value_1`
from `raw`.`wide` as `w`
