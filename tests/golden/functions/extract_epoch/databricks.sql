select
  cast((unix_micros(cast(`w`.`moment` as timestamp))) * 0.000001 as decimal(20, 6)) as `value_1`,
  cast((unix_micros(`w`.`instant`)) * 0.000001 as decimal(20, 6)) as `value_2`
from `raw`.`wide` as `w`
