select
  format_datetime('%Y-%m-%d %H:%M:%E6S', `w`.`moment`) as `value_1`,
  format_timestamp('%Y-%m-%d %H:%M:%E6S', `w`.`instant`) as `value_2`
from `raw`.`wide` as `w`
