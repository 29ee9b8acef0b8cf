select
  cast(datetime_diff(`w`.`moment`, `w`.`other_moment`, microsecond) as numeric) / 1000000 as `value_1`,
  cast(timestamp_diff(`w`.`instant`, `w`.`other_instant`, microsecond) as numeric) / 1000000 as `value_2`
from `raw`.`wide` as `w`
