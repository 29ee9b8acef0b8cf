select regexp_extract(`w`.`name`, '(?s)(?:a)[0-9]+') as `value_1`
from `raw`.`wide` as `w`
