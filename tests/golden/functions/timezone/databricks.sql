select
  convert_timezone('UTC', 'UTC', cast(`w`.`instant` as timestamp_ntz)) as `value_1`,
  cast(`w`.`moment` as timestamp) as `value_2`
from `raw`.`wide` as `w`
