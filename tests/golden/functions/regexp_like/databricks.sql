select regexp_like(`w`.`name`, '(?s)^[A-Z]{2}[0-9]+\\z') as `value_1`
from `raw`.`wide` as `w`
