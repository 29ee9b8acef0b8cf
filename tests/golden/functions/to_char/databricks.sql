select
  date_format(`w`.`moment`, 'yyyy-MM-dd HH:mm:ss.SSSSSS') as `value_1`,
  date_format(`w`.`instant`, 'yyyy-MM-dd HH:mm:ss.SSSSSS') as `value_2`
from `raw`.`wide` as `w`
