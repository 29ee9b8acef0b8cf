select
  cast((unix_micros(cast(`w`.`moment` as timestamp)) - unix_micros(cast(`w`.`other_moment` as timestamp))) * 0.000001 as decimal(38, 6)) as `value_1`,
  cast((unix_micros(`w`.`instant`) - unix_micros(`w`.`other_instant`)) * 0.000001 as decimal(38, 6)) as `value_2`
from `raw`.`wide` as `w`
