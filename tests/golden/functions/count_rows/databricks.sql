select `w`.`day`, count(*) as `value_1`
from `raw`.`wide` as `w`
group by `w`.`day`
