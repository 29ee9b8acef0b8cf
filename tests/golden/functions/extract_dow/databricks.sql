select
  dayofweek(`w`.`day`) - 1 as `value_1`,
  dayofweek(`w`.`moment`) - 1 as `value_2`,
  dayofweek(`w`.`instant`) - 1 as `value_3`
from `raw`.`wide` as `w`
