select `w`.`day`, bool_or(`w`.`flag`) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
