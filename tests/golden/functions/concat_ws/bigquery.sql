select array_to_string([`w`.`other_name`, `w`.`other_name`], `w`.`name`) as `value_1`
from `raw`.`wide` as `w`
