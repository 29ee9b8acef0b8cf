select case when `w`.`name` is not null then coalesce(split(`w`.`name`, ',')[safe_offset(1)], '') end as `value_1`
from `raw`.`wide` as `w`
