select `w`.`day`, bool_and(`w`.`flag`) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
