select
  datetime_trunc(`w`.`other_moment`, month) as `value_1`,
  timestamp_trunc(`w`.`other_instant`, month) as `value_2`
from `raw`.`wide` as `w`
