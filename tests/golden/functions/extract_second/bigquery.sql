select
  cast(extract(second from `w`.`moment`) as numeric) + cast(extract(microsecond from `w`.`moment`) as numeric) / 1000000 as `value_1`,
  cast(extract(second from `w`.`instant`) as numeric) + cast(extract(microsecond from `w`.`instant`) as numeric) / 1000000 as `value_2`,
  cast(extract(second from `w`.`clock`) as numeric) + cast(extract(microsecond from `w`.`clock`) as numeric) / 1000000 as `value_3`
from `raw`.`wide` as `w`
