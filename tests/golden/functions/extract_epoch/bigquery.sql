select
  cast(datetime_diff(`w`.`moment`, datetime '1970-01-01 00:00:00', microsecond) as numeric) / 1000000 as `value_1`,
  cast(timestamp_diff(`w`.`instant`, timestamp '1970-01-01 00:00:00+00', microsecond) as numeric) / 1000000 as `value_2`
from `raw`.`wide` as `w`
