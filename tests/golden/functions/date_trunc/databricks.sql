select
  cast(trunc(`w`.`other_moment`, 'month') as timestamp_ntz) as `value_1`,
  date_trunc('month', `w`.`other_instant`) as `value_2`
from `raw`.`wide` as `w`
