select datetime(`w`.`instant`, 'UTC') as `value_1`, timestamp(`w`.`moment`, 'UTC') as `value_2`
from `raw`.`wide` as `w`
