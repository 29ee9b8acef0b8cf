select case when regexp_like(`w`.`name`, '(?s)(?:a)[0-9]+') then regexp_extract(`w`.`name`, '(?s)(?:a)[0-9]+', 0) end as `value_1`
from `raw`.`wide` as `w`
